import type { RelationId } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import { probeDeterminacy } from '../prove/determinacy.ts';
import { SCRATCH_DIALECT } from '../prove/scratch-type.ts';
import type { TrialGround } from '../prove/trial-ground.ts';
import { openTrialGround } from '../prove/trial-ground.ts';
import { trialMatter } from '../prove/trial-matter.ts';
import type { TrialTexts } from '../prove/try-ways.ts';
import { tryWays } from '../prove/try-ways.ts';
import type { BoundQuery } from '../sql/bound.ts';
import type { DialectName } from '../sql/dialect.ts';
import { ANSI_QUOTED } from '../sql/dialects.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { printWith } from '../sql/print/print-query.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import type { DeterminacyAnswer, Proof } from './proof.ts';
import { counterExampleOf, tried, witnessAnswerOf } from './proof.ts';

/** Tries rewrites, and refusals, on small databases; one at a time, whoever asks. */
export interface Prover {
  readonly proveRewrite: (matter: RewriteMatter) => Promise<Proof>;
  readonly probeRefusal: (matter: ProofMatter) => Promise<DeterminacyAnswer>;
  readonly notTried: (because: string) => Proof;
  readonly close: () => Promise<void>;
}

export interface ProofMatter {
  readonly dialect: DialectName;
  /** The tables alone, the same value for the same text: what is made for it is used again. */
  readonly tables: SchemaSnapshot;
  readonly facts: Facts;
  readonly asked: { readonly sql: string; readonly query: BoundQuery };
  readonly marts: readonly {
    readonly id: RelationId;
    readonly sql: string;
    readonly query: BoundQuery;
  }[];
}

export interface RewriteMatter extends ProofMatter {
  readonly rewritten: { readonly sql: string; readonly query: NormalQuery };
  readonly columnLists: ReadonlyMap<RelationId, readonly string[]>;
}

export interface ProverParts {
  /** For each rewrite. */
  readonly databases: number;
  readonly seed: number;
}

/** Grounds of as many schemas stay open: the lines of a batch mostly share theirs. */
const MOST_GROUNDS = 4;
/** A refusal is probed on at least so many: a witness is rarer than a counter-example. */
const LEAST_PROBED = 1024;
/** Texts of these are tried as they were written; others as printed for the scratch engine. */
const TRIED_AS_WRITTEN: ReadonlySet<DialectName> = new Set(ANSI_QUOTED.map(({ name }) => name));

export function openProver({ databases, seed }: ProverParts): Prover {
  const grounds = new Map<SchemaSnapshot, TrialGround>();
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = last.then(work);
    last = turn.catch(ignoreFailure);
    return turn;
  }

  function groundOf(tables: SchemaSnapshot): TrialGround {
    const relations = tables.relations.filter(({ kind }) => kind === 'table');
    const prelude = tables.functions?.map(({ text }) => text) ?? [];
    const ground = grounds.get(tables) ?? openTrialGround({ relations, prelude });
    grounds.delete(tables);
    grounds.set(tables, ground);
    const [oldest] = grounds.keys();
    if (grounds.size > MOST_GROUNDS && oldest !== undefined) {
      grounds.get(oldest)?.close();
      grounds.delete(oldest);
    }
    return ground;
  }

  function requestOf({ tables, facts, asked, marts }: ProofMatter) {
    const queries = [asked.query, ...marts.map(({ query }) => query)];
    return { ...trialMatter(queries, tables), ground: groundOf(tables), facts, seed };
  }

  async function proveRewrite(matter: RewriteMatter): Promise<Proof> {
    const verdict = await tryWays({ ...requestOf(matter), databases }, waysToWrite(matter));
    switch (verdict.kind) {
      case 'equal':
        return tried(verdict, seed);
      case 'unequal':
        return {
          verdict: 'unequal',
          databases: verdict.databases,
          seed,
          ...counterExampleOf(verdict.counterExample),
        };
      case 'not-tried':
        return notTried(verdict.because);
    }
  }

  async function probeRefusal(matter: ProofMatter): Promise<DeterminacyAnswer> {
    const read = new Set(requestOf({ ...matter, marts: [] }).relations.map(({ id }) => id));
    const marts = matter.marts.filter(({ query }) =>
      trialMatter([query], matter.tables).relations.some(({ id }) => read.has(id)),
    );
    let most = 0;
    for (const texts of waysToWrite({ ...matter, marts })) {
      const found = await probeDeterminacy({
        ...requestOf({ ...matter, marts }),
        ...texts,
        databases: Math.max(databases, LEAST_PROBED),
      });
      if (found.kind === 'impossible') {
        return witnessAnswerOf(found, seed);
      }
      most = Math.max(most, found.databases);
      if (most > 0) {
        break;
      }
    }
    return { verdict: 'unknown', databases: most, seed };
  }

  function notTried(because: string): Proof {
    return { verdict: 'not-tried', databases: 0, seed, because };
  }

  return {
    proveRewrite: (matter) => inTurn(() => proveRewrite(matter)),
    probeRefusal: (matter) => inTurn(() => probeRefusal(matter)),
    notTried,
    async close() {
      await last;
      for (const ground of grounds.values()) {
        ground.close();
      }
    },
  };
}

/** Whoever asked for the failed turn is told; the next one begins all the same. */
function ignoreFailure(): void {}

/** As people wrote it first, then as it is printed for the scratch engine, views read through. */
function waysToWrite(matter: ProofMatter | RewriteMatter): readonly TrialTexts[] {
  const { dialect, asked, marts } = matter;
  const written: TrialTexts = {
    isAsWritten: true,
    marts: marts.map(({ id, sql }) => ({ name: id, sql })),
    query: asked.sql,
    rewritten: 'rewritten' in matter ? matter.rewritten.sql : '',
  };
  const printed = printedTexts(matter);
  return [
    ...(TRIED_AS_WRITTEN.has(dialect) ? [written] : []),
    ...(printed === undefined ? [] : [printed]),
  ];
}

function printedTexts(matter: ProofMatter | RewriteMatter): TrialTexts | undefined {
  const columnLists = 'columnLists' in matter ? matter.columnLists : new Map();
  const print = (query: BoundQuery | NormalQuery): string | undefined => {
    const outcome = printWith(query, { dialect: SCRATCH_DIALECT, columnLists });
    return outcome.kind === 'printed' ? outcome.sql : undefined;
  };
  const query = print(matter.asked.query);
  const rewritten = 'rewritten' in matter ? print(matter.rewritten.query) : '';
  const marts = matter.marts.flatMap((mart) => {
    const sql = print(mart.query);
    return sql === undefined ? [] : [{ name: mart.id, sql }];
  });
  return query === undefined || rewritten === undefined || marts.length < matter.marts.length
    ? undefined
    : { isAsWritten: false, marts, query, rewritten };
}
