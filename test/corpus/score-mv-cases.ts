import { readDdl } from '../../src/cli/read-ddl.ts';
import type { Facts } from '../../src/marts/facts.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { declaredFacts } from '../../src/sql/match/declared-facts.ts';
import { withDeclaredKeys } from './declared-keys.ts';
import type { Bench, CaseResult, MatchCase, RunParts } from './match-corpus.ts';
import { openBench, parse, readCorpusLines, readCorpusText, runCase } from './match-corpus.ts';

/** A case of an engine's own rewrite tests; the data's README says what the fields mean. */
export interface MvCase {
  readonly id: string;
  readonly schema: string;
  readonly mvs: readonly string[];
  readonly query: string;
  readonly expect: 'rewrite' | 'no_rewrite';
  readonly mv_alone?: string;
  readonly duckdb_ok?: boolean;
  readonly adapted?: { readonly mvs?: readonly string[]; readonly query?: string };
}

export const MV_SUITES = ['starrocks', 'doris'] as const;
export type MvSuite = (typeof MV_SUITES)[number];

export interface MvScore {
  readonly test: MvCase & MatchCase;
  readonly result: CaseResult;
  /** Unequal anywhere, broken, or from marts alone where that cannot be right. */
  readonly isUnsound: boolean;
  /** Whether the case runs in DuckDB, as it is or as adapted. */
  readonly isRunnable: boolean;
}

export interface MvParts {
  readonly suite: MvSuite;
  /** The keys that stand in the schema's comments are handed over as facts. */
  readonly keyed: boolean;
  /** Every n-th case. */
  readonly stride: number;
  readonly engine?: RunParts['engine'];
}

/** Every case with the table definitions it stands on, as it is asked. */
export function mvCases({ suite, keyed, stride }: MvParts): readonly (MvCase & MatchCase)[] {
  return readCorpusLines<MvCase>(`mv_cases/${suite}.jsonl`)
    .filter((_case, index) => index % stride === 0)
    .map((each) => {
      const plain = setupOf(each, suite);
      return { ...each, setup: keyed ? withDeclaredKeys(plain) : plain, ...each.adapted };
    });
}

/** Asks for a rewrite of each case and judges what comes back; each score as soon as it is known. */
export async function* scoreMvCases(parts: MvParts): AsyncGenerator<MvScore> {
  const { suite, keyed, engine } = parts;
  const macros = readCorpusText('mv_cases/duckdb_macros.sql').replaceAll(/^--.*$/gm, '');
  const benches = new Map<string, Bench>();
  try {
    for (const test of mvCases(parts)) {
      const plain = setupOf(test, suite);
      const bench = benches.get(plain) ?? (await openBench(plain, macros));
      benches.set(plain, bench);
      const facts = await factsOf(test.setup);
      const result = await runCase(test, { bench, trust: keyed, facts, macros, engine });
      const readsOnlyMarts = !result.readsBase && result.verdict === 'equal';
      const isUnsound =
        result.verdict === 'unequal' ||
        result.verdict === 'broken' ||
        (readsOnlyMarts && test.mv_alone === 'impossible');
      const isRunnable = test.duckdb_ok === true;
      yield { test, result, isUnsound, isRunnable };
    }
  } finally {
    benches.forEach(({ scratch }) => scratch.close());
  }
}

function setupOf({ schema }: MvCase, suite: MvSuite): string {
  return suite === 'doris'
    ? readCorpusText(`mv_cases/doris_schemas/${schema.replace('doris:', '')}.sql`)
    : readCorpusText('mv_cases/starrocks_schema.sql');
}

/** Random databases keep to what is declared, so that a rewrite that relies on it is judged fairly. */
async function factsOf(ddl: string): Promise<Facts> {
  const schema = await readDdl({ ddl, dialect: dialectOf('duckdb'), names: {} }, parse);
  return declaredFacts(schema, { trustKeys: true });
}
