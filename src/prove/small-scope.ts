import type { RelationId } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import type { SchemaRelation } from '../sql/schema.ts';
import { equalAsMultisets } from './equal-answers.ts';
import { isSafelyLateral } from './numbered-text.ts';
import type { RandomDatabase } from './random-databases.ts';
import { databaseMaker } from './random-databases.ts';
import type { AnswerRows } from './scratch-database.ts';
import type { SeenLiterals } from './seen-literals.ts';
import { shrinkDatabase } from './shrink.ts';
import type { TrialGround } from './trial-ground.ts';

export interface SmallScopeRequest {
  readonly ground: TrialGround;
  /** The tables to make rows for: those of the ground. */
  readonly relations: readonly SchemaRelation[];
  readonly facts: Facts;
  readonly literals: SeenLiterals;
  /** Made anew on each database, in order. */
  readonly marts: readonly { readonly name: RelationId; readonly sql: string }[];
  readonly query: string;
  readonly rewritten: string;
  /** At most: statements that cannot be answered for many databases at once are tried on a quarter. */
  readonly databases: number;
  readonly seed: number;
  /** Floating-point results may differ by one part in a thousand million. */
  readonly approximate: boolean;
  /** False: a counter-example is told as it was found. */
  readonly isShrunk?: boolean;
}

export type SmallScopeOutcome =
  /** `telling` databases had at least one row in the answer. */
  | { readonly kind: 'equal'; readonly databases: number; readonly telling: number }
  /** `databases` were tried, the last of them told the two apart. */
  | {
      readonly kind: 'unequal';
      readonly databases: number;
      readonly counterExample: CounterExample;
    }
  /** A statement could not be run: nothing is proved. */
  | { readonly kind: 'failed'; readonly because: string };

export interface CounterExample {
  readonly tables: RandomDatabase;
  readonly query: AnswerRows;
  readonly rewritten: AnswerRows;
  /** Why the rewrite gives no answer where the query does. */
  readonly failure?: string;
}

/** Databases answered by one statement: more need more memory and save little time. */
const BATCH = 256;
/** Tried one by one where no more are asked for. */
const MOST_ALONE = 64;

/**
 * Runs a query and its rewrite on many small databases and compares the answers as multisets. Finds no proof of equality, but
 * almost every wrong rewrite, within a few databases; what it finds is checked again in tables of its own and shrunk to the
 * rows and values that matter. Databases on which the query itself fails say nothing.
 */
export async function tryOnSmallDatabases(request: SmallScopeRequest): Promise<SmallScopeOutcome> {
  const make = databaseMaker(request);
  const asking = { marts: request.marts, statements: [request.query, request.rewritten] };
  const texts = [...request.marts.map(({ sql }) => sql), ...asking.statements];
  const most = texts.every(isSafelyLateral) ? request.databases : fewer(request.databases);
  let telling = 0;
  for (let from = 0; from < most; from += BATCH) {
    const databases = Array.from({ length: Math.min(BATCH, most - from) }, (_, at) =>
      make(seedOf(request.seed, from + at)),
    );
    const answers = await request.ground.together(databases, asking);
    if (answers === undefined) {
      return tryOneByOne(request);
    }
    for (const [at, [query = [], rewritten = []]] of answers.entries()) {
      const database = databases[at] ?? [];
      telling += query.length > 0 ? 1 : 0;
      if (!equalAsMultisets(query, { other: rewritten, approximate: request.approximate })) {
        const found = await differenceOn(database, request);
        if (found.kind === 'unequal') {
          return shrunk(found.counterExample, { request, databases: from + at + 1 });
        }
        if (found.kind === 'equal') {
          return tryOneByOne(request);
        }
      }
    }
  }
  return { kind: 'equal', databases: most, telling };
}

/** What cannot be answered for many databases at once costs some fifty times as much each. */
function fewer(databases: number): number {
  return Math.min(databases, Math.max(MOST_ALONE, Math.floor(databases / 4)));
}

/** The seed of one of many databases: neighbours of neighbouring requests do not meet. */
function seedOf(seed: number, at: number): number {
  return seed * 100_003 + at;
}

async function tryOneByOne(request: SmallScopeRequest): Promise<SmallScopeOutcome> {
  const make = databaseMaker(request);
  const databases = Math.min(request.databases, MOST_ALONE);
  let telling = 0;
  let because: string | undefined;
  let silent = 0;
  for (let at = 0; at < databases; at += 1) {
    const compared = await differenceOn(make(seedOf(request.seed, at)), request);
    if (compared.kind === 'unequal') {
      return shrunk(compared.counterExample, { request, databases: at + 1 });
    }
    if (compared.kind === 'failed') {
      because ??= compared.because;
      silent += 1;
    } else {
      telling += compared.rows > 0 ? 1 : 0;
    }
  }
  return because !== undefined && silent * 2 > databases
    ? { kind: 'failed', because }
    : { kind: 'equal', databases: databases - silent, telling };
}

async function shrunk(
  found: CounterExample,
  { request, databases }: { readonly request: SmallScopeRequest; readonly databases: number },
): Promise<SmallScopeOutcome> {
  if (request.isShrunk === false) {
    return { kind: 'unequal', databases, counterExample: found };
  }
  const counterExample = await shrinkDatabase(found, {
    facts: request.facts,
    stillDiffers: async (tables) => {
      const compared = await differenceOn(tables, request);
      return compared.kind === 'unequal' ? compared.counterExample : undefined;
    },
  });
  return { kind: 'unequal', databases, counterExample };
}

type Compared =
  | { readonly kind: 'equal'; readonly rows: number }
  | { readonly kind: 'unequal'; readonly counterExample: CounterExample }
  | { readonly kind: 'failed'; readonly because: string };

/** Compares both on one database in tables of its own. */
async function differenceOn(
  tables: RandomDatabase,
  { ground, marts, query, rewritten, approximate }: SmallScopeRequest,
): Promise<Compared> {
  const both = await ground.alone(tables, { marts, statements: [query, rewritten] });
  if (both.kind === 'answered') {
    const [left = [], right = []] = both.answers;
    return equalAsMultisets(left, { other: right, approximate })
      ? { kind: 'equal', rows: left.length }
      : { kind: 'unequal', counterExample: { tables, query: left, rewritten: right } };
  }
  const base = await ground.alone(tables, { marts, statements: [query] });
  if (base.kind === 'failed') {
    return base;
  }
  const failure = both.because;
  return {
    kind: 'unequal',
    counterExample: { tables, query: base.answers[0] ?? [], rewritten: [], failure },
  };
}
