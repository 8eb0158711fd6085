import type { Facts } from '../marts/facts.ts';
import { duckdb } from '../sql/dialects/duckdb.ts';
import { quoteName, quoteRelation } from '../sql/print/quote-name.ts';
import type { SchemaRelation } from '../sql/schema.ts';
import type { RandomTable } from './random-databases.ts';
import { randomDatabase } from './random-databases.ts';
import type { ScratchDatabase } from './scratch-database.ts';
import type { SeenLiterals } from './value-pools.ts';

export interface SmallScopeRequest {
  /** Holds the tables, empty or not; their rows are replaced. */
  readonly scratch: ScratchDatabase;
  readonly relations: readonly SchemaRelation[];
  readonly facts: Facts;
  readonly literals: SeenLiterals;
  /** Made anew on each instance, in order: `create or replace table <name> as <sql>`. */
  readonly marts: readonly { readonly name: string; readonly sql: string }[];
  readonly query: string;
  readonly rewritten: string;
  readonly instances: number;
  readonly seed: number;
  /** Floating-point results may differ by one part in a thousand million. */
  readonly approximate: boolean;
}

export type SmallScopeOutcome =
  /** `telling` instances had at least one row in the answer. */
  | { readonly kind: 'equal'; readonly instances: number; readonly telling: number }
  | { readonly kind: 'unequal'; readonly counterExample: CounterExample }
  /** A statement could not be run: nothing is proved. */
  | { readonly kind: 'failed'; readonly because: string };

export interface CounterExample {
  readonly tables: readonly RandomTable[];
  readonly query: readonly (readonly (string | null)[])[];
  readonly rewritten: readonly (readonly (string | null)[])[];
}

/**
 * Runs a query and its rewrite on many small databases and compares the answers as multisets. Finds no proof of equality, but
 * almost every wrong rewrite, within a few instances; what it finds is shrunk to the rows that matter.
 */
export async function tryOnSmallDatabases(request: SmallScopeRequest): Promise<SmallScopeOutcome> {
  let telling = 0;
  for (let instance = 0; instance < request.instances; instance += 1) {
    const tables = randomDatabase({ ...request, seed: request.seed * 100_003 + instance });
    const compared = await compareOn(tables, request);
    if (compared.kind === 'failed') {
      return compared;
    }
    if (compared.kind === 'unequal') {
      return { kind: 'unequal', counterExample: await shrink(compared.counterExample, request) };
    }
    telling += compared.rows > 0 ? 1 : 0;
  }
  return { kind: 'equal', instances: request.instances, telling };
}

type Compared =
  | { readonly kind: 'same'; readonly rows: number }
  | Extract<SmallScopeOutcome, { kind: 'unequal' | 'failed' }>;

async function compareOn(
  tables: readonly RandomTable[],
  request: SmallScopeRequest,
): Promise<Compared> {
  try {
    await request.scratch.run(loading(tables));
    for (const { name, sql } of request.marts) {
      await request.scratch.run(
        `create or replace table ${quoteName(name, duckdb.name)} as ${sql}`,
      );
    }
    const query = await request.scratch.rows(request.query);
    const rewritten = await request.scratch.rows(request.rewritten);
    return equalAsMultisets(query, { other: rewritten, approximate: request.approximate })
      ? { kind: 'same', rows: query.length }
      : { kind: 'unequal', counterExample: { tables, query, rewritten } };
  } catch (error) {
    return { kind: 'failed', because: error instanceof Error ? error.message : String(error) };
  }
}

/** One text that empties the tables, children first, and fills them, parents first. */
function loading(tables: readonly RandomTable[]): string {
  const emptied = tables
    .toReversed()
    .map((table) => `delete from ${quoteRelation(table.relation, duckdb.name)}`);
  const filled = tables
    .filter((table) => table.rows.length > 0)
    .map((table) => {
      const columns = table.columns.map((column) => quoteName(column, duckdb.name)).join(', ');
      const rows = table.rows.map((row) => `(${row.join(', ')})`).join(', ');
      return `insert into ${quoteRelation(table.relation, duckdb.name)} (${columns}) values ${rows}`;
    });
  return [...emptied, ...filled].join(';\n');
}

type Rows = readonly (readonly (string | null)[])[];

/** True when both hold the same rows, each as often. */
export function equalAsMultisets(
  rows: Rows,
  { other, approximate }: { readonly other: Rows; readonly approximate: boolean },
): boolean {
  if (rows.length !== other.length) {
    return false;
  }
  const sides = [rows, other].map((side) =>
    side
      .map((row) => row.map((value) => (approximate ? rounded(value) : value)))
      .map((row) => JSON.stringify(row))
      .toSorted(),
  );
  return JSON.stringify(sides[0]) === JSON.stringify(sides[1]);
}

function rounded(value: string | null): string | null {
  return value !== null && /^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(value)
    ? Number(value).toPrecision(9)
    : value;
}

/** Takes rows away as long as the answers still differ and the facts still hold. */
async function shrink(found: CounterExample, request: SmallScopeRequest): Promise<CounterExample> {
  for (const [at, table] of found.tables.entries()) {
    for (const row of table.rows.keys()) {
      const smaller = found.tables.with(at, { ...table, rows: table.rows.toSpliced(row, 1) });
      if (!keepsInclusions(smaller, request.facts)) {
        continue;
      }
      const compared = await compareOn(smaller, request);
      if (compared.kind === 'unequal') {
        return shrink(compared.counterExample, request);
      }
    }
  }
  return found;
}

function keepsInclusions(tables: readonly RandomTable[], facts: Facts): boolean {
  return facts.inclusions.every((inclusion) => {
    const from = tables.find((table) => table.relation === inclusion.from);
    const to = tables.find((table) => table.relation === inclusion.to);
    if (from === undefined || to === undefined) {
      return true;
    }
    const present = new Set(
      to.rows.map((row) => keyOf(row, { table: to, columns: inclusion.toColumns })),
    );
    return from.rows
      .map((row) => keyOf(row, { table: from, columns: inclusion.fromColumns }))
      .every((key) => key.includes('NULL') || present.has(key));
  });
}

function keyOf(
  row: readonly string[],
  { table, columns }: { readonly table: RandomTable; readonly columns: readonly string[] },
): string {
  return columns.map((column) => row[table.columns.indexOf(column)] ?? 'NULL').join('\n');
}
