import { contentOf, equalAsMultisets } from './equal-answers.ts';
import { keepsFacts } from './keeps-facts.ts';
import { mutateDatabase } from './mutate-database.ts';
import { quoteRelation } from './quote.ts';
import type { RandomDatabase } from './random-databases.ts';
import { databaseMaker } from './random-databases.ts';
import { randomNumbers } from './random-numbers.ts';
import type { AnswerRows } from './scratch-database.ts';
import type { Asking } from './small-databases.ts';
import type { SmallScopeRequest } from './small-scope.ts';

export type DeterminacyRequest = Omit<SmallScopeRequest, 'rewritten' | 'approximate'>;

export type Determinacy =
  /** No rewrite that reads these marts alone can be right, whatever it is. */
  | { readonly kind: 'impossible'; readonly databases: number; readonly witness: Witness }
  /** No such pair was found among so many databases: there may be a rewrite. */
  | { readonly kind: 'unknown'; readonly databases: number };

/** Two databases on which every mart holds the same, and the query answers differently. */
export interface Witness {
  readonly left: WitnessSide;
  readonly right: WitnessSide;
}

export interface WitnessSide {
  readonly tables: RandomDatabase;
  readonly query: AnswerRows;
}

const BATCH = 256;
/** Of each family of databases, the first is random and the others change one or two things in it. */
const FAMILY = 8;
const MOST_CANDIDATES = 12;
const MOST_SHRINKS = 150;

/**
 * Looks for two databases that agree on every mart and differ on the query: a witness that the marts do not determine the
 * answer. Answers that depend on the order of rows (a LIMIT, a window over ties) are no witnesses, nor are differences in the
 * last digits of floating-point numbers.
 */
export async function probeDeterminacy(request: DeterminacyRequest): Promise<Determinacy> {
  const { ground, seed } = request;
  const asking = askingOf(request);
  const make = familyMaker(request);
  const seen = new Map<string, { readonly tables: RandomDatabase; readonly answer: string }>();
  let candidates = 0;
  let most = request.databases;
  for (let from = 0; from < most; from += BATCH) {
    const databases = Array.from({ length: BATCH / FAMILY }, (_, at) =>
      make(seed * 100_003 + from + at),
    ).flat();
    const together = await ground.together(databases, asking);
    most = together === undefined ? Math.min(most, BATCH) : most;
    const answers = together ?? (await oneByOne(databases, request));
    for (const [at, each] of answers.entries()) {
      if (each === undefined) {
        continue;
      }
      const tables = databases[at] ?? [];
      const held = each.slice(0, -1).map((rows) => contentOf(rows, { approximate: false }));
      const key = JSON.stringify(held);
      const answer = contentOf(each.at(-1) ?? [], { approximate: true });
      const before = seen.get(key);
      if (before === undefined) {
        seen.set(key, { tables, answer });
      } else if (before.answer !== answer && candidates < MOST_CANDIDATES) {
        candidates += 1;
        const witness = await witnessOf([before.tables, tables], request);
        if (witness !== undefined) {
          const small = await shrinkWitness(witness, request);
          return { kind: 'impossible', databases: from + at + 1, witness: small };
        }
      }
    }
  }
  return { kind: 'unknown', databases: most };
}

/** The answers over each database; none where a statement fails on it. */
async function oneByOne(
  databases: readonly RandomDatabase[],
  request: DeterminacyRequest,
): Promise<readonly (readonly AnswerRows[] | undefined)[]> {
  const answers: (readonly AnswerRows[] | undefined)[] = [];
  for (const tables of databases) {
    const run = await request.ground.alone(tables, askingOf(request));
    if (
      run.kind === 'failed' &&
      answers.every((each) => each === undefined) &&
      answers.length >= 8
    ) {
      return [];
    }
    answers.push(run.kind === 'answered' ? run.answers : undefined);
  }
  return answers;
}

function askingOf({ marts, query }: DeterminacyRequest): Asking {
  const held = marts.map(({ name }) => `select * from ${quoteRelation(name)}`);
  return { marts, statements: [...held, query] };
}

function familyMaker(request: DeterminacyRequest): (seed: number) => readonly RandomDatabase[] {
  const make = databaseMaker(request);
  return (seed) => {
    const first = make(seed);
    const other = make(seed + 50_001);
    const random = randomNumbers(seed + 1);
    const change = (tables: RandomDatabase) =>
      mutateDatabase(tables, { random, facts: request.facts, other });
    const others = Array.from({ length: FAMILY - 1 }, (_, at) => {
      const once = change(first);
      return once !== undefined && at % 3 === 2 ? change(once) : once;
    });
    return [first, ...others.map((tables) => tables ?? first)];
  };
}

/** Checks a pair in tables of its own, with the rows in one order and in the other. */
async function witnessOf(
  [one, other]: readonly [RandomDatabase, RandomDatabase],
  request: DeterminacyRequest,
): Promise<Witness | undefined> {
  const left = await steadyAnswers(one, request);
  const right = await steadyAnswers(other, request);
  if (left === undefined || right === undefined || left.held !== right.held) {
    return undefined;
  }
  return equalAsMultisets(left.query, { other: right.query, approximate: true })
    ? undefined
    : {
        left: { tables: one, query: left.query },
        right: { tables: other, query: right.query },
      };
}

async function steadyAnswers(
  tables: RandomDatabase,
  request: DeterminacyRequest,
): Promise<{ readonly held: string; readonly query: AnswerRows } | undefined> {
  const { ground } = request;
  const asking = askingOf(request);
  const reversed = tables.map((table) => ({ ...table, rows: table.rows.toReversed() }));
  const runs = [await ground.alone(tables, asking), await ground.alone(reversed, asking)];
  const [first, second] = runs.map((run) => (run.kind === 'answered' ? run.answers : undefined));
  const isSteady =
    first !== undefined &&
    second !== undefined &&
    first.every((rows, at) =>
      equalAsMultisets(rows, { other: second[at] ?? [], approximate: true }),
    );
  return isSteady
    ? {
        held: JSON.stringify(
          first.slice(0, -1).map((rows) => contentOf(rows, { approximate: false })),
        ),
        query: first.at(-1) ?? [],
      }
    : undefined;
}

/** Takes rows that both sides have from both, then rows of one side, as long as the pair still is a witness. */
async function shrinkWitness(found: Witness, request: DeterminacyRequest): Promise<Witness> {
  let best = found;
  for (let tries = 0, isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const pair of smallerPairs(best)) {
      if (tries >= MOST_SHRINKS) {
        return best;
      }
      if (pair.every((tables) => keepsFacts(tables, request.facts))) {
        tries += 1;
        const witness = await witnessOf(pair, request);
        if (witness !== undefined) {
          best = witness;
          isSmaller = true;
          break;
        }
      }
    }
  }
  return best;
}

type DatabasePair = readonly [RandomDatabase, RandomDatabase];

function smallerPairs({ left, right }: Witness): readonly DatabasePair[] {
  const ofBoth = left.tables.flatMap((table, at) =>
    table.rows.flatMap((row, position): readonly DatabasePair[] => {
      const others = right.tables[at]?.rows ?? [];
      const same = others.findIndex((each) => each.join('\n') === row.join('\n'));
      return same === -1
        ? []
        : [
            [
              withoutRow(left.tables, { table: at, row: position }),
              withoutRow(right.tables, { table: at, row: same }),
            ],
          ];
    }),
  );
  return [
    ...ofBoth,
    ...oneLess(left.tables).map((tables): DatabasePair => [tables, right.tables]),
    ...oneLess(right.tables).map((tables): DatabasePair => [left.tables, tables]),
  ];
}

function oneLess(tables: RandomDatabase): readonly RandomDatabase[] {
  return tables.flatMap(({ rows }, table) =>
    rows.map((_row, row) => withoutRow(tables, { table, row })),
  );
}

function withoutRow(
  tables: RandomDatabase,
  { table, row }: { readonly table: number; readonly row: number },
): RandomDatabase {
  return tables.map((each, at) =>
    at === table ? { ...each, rows: each.rows.toSpliced(row, 1) } : each,
  );
}
