import { readDdl } from '../../src/cli/read-ddl.ts';
import type { Facts } from '../../src/marts/facts.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { declaredFacts } from '../../src/sql/match/declared-facts.ts';
import { parse, readCorpusLines, readCorpusText } from '../../test/corpus/match-corpus.ts';
import { MV_SUITES, mvCases } from '../../test/corpus/score-mv-cases.ts';
import { SHOP } from '../../test/sql/match/ask.ts';
import { randomPair } from '../../test/sql/match/random-queries.ts';
import { MACROS, macroPairOf } from './macro-pairs.ts';
import { GRAMMAR_DDL, pairOf } from './pair-grammar.ts';

/** One (marts, query) whose rewrite, if there is one, is tried. */
export interface Work {
  /** Unique, and the same in every run. */
  readonly id: string;
  readonly setup: string;
  readonly macros: string;
  readonly mvs: readonly string[];
  readonly query: string;
  /** Declared keys are facts: the databases keep them. */
  readonly trust: boolean;
  readonly source: 'traps' | 'starrocks' | 'doris' | 'grammar' | 'shop' | 'macros';
}

interface Trap {
  readonly id: string;
  readonly setup: string;
  readonly mvs: readonly string[];
  readonly query: string;
}

/** All corpora once, with and without keys, then generated pairs without end. */
export function* works(hasCorpus: boolean): Generator<Work> {
  if (hasCorpus) {
    yield* corpora();
  }
  for (let seed = 0; ; seed += 1) {
    const trust = seed % 3 !== 0;
    const { mart, query } = pairOf(seed);
    yield {
      id: `grammar-${seed}`,
      setup: GRAMMAR_DDL,
      macros: '',
      mvs: [mart],
      query,
      trust,
      source: 'grammar',
    };
    if (seed % 4 === 0) {
      const pair = randomPair(seed);
      yield {
        id: `shop-${seed}`,
        setup: SHOP,
        macros: '',
        mvs: [pair.mart],
        query: pair.query,
        trust,
        source: 'shop',
      };
    }
  }
}

export function* corpora(): Generator<Work> {
  for (const trap of readCorpusLines<Trap>('traps.jsonl')) {
    for (const trust of [false, true]) {
      const { setup, mvs, query } = trap;
      yield { id: `${trap.id} ${trust}`, setup, macros: '', mvs, query, trust, source: 'traps' };
    }
  }
  const macros = readCorpusText('mv_cases/duckdb_macros.sql').replaceAll(/^--.*$/gm, '');
  for (const suite of MV_SUITES) {
    for (const keyed of [false, true]) {
      for (const { id, setup, mvs, query } of mvCases({ suite, keyed, stride: 1 })) {
        yield { id: `${id} ${keyed}`, setup, macros, mvs, query, trust: keyed, source: suite };
      }
    }
  }
}

/** Generated pairs that call functions written in SQL, without end. */
export function* macroWorks(): Generator<Work> {
  for (let seed = 0; ; seed += 1) {
    const pair = macroPairOf(seed);
    if (pair !== undefined) {
      const { mart, query } = pair;
      yield {
        id: `macros-${seed}`,
        setup: GRAMMAR_DDL,
        macros: MACROS,
        mvs: [mart],
        query,
        trust: seed % 3 !== 0,
        source: 'macros',
      };
    }
  }
}

/** What the databases of a work keep: exactly what the matcher was told. */
export async function factsOf({ setup, trust }: Work): Promise<Facts> {
  const schema = await readDdl({ ddl: setup, dialect: dialectOf('duckdb'), names: {} }, parse);
  return declaredFacts(schema, { trustKeys: trust });
}
