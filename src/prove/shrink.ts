import type { Facts } from '../marts/facts.ts';
import { keepsFacts } from './keeps-facts.ts';
import type { RandomDatabase } from './random-databases.ts';

interface WithTables {
  readonly tables: RandomDatabase;
}

export interface ShrinkParts<Found extends WithTables> {
  readonly facts: Facts;
  /** What is found on these tables, where the two still differ on them. */
  readonly stillDiffers: (tables: RandomDatabase) => Promise<Found | undefined>;
  /** Tries at most, so that hostile statements cost a bounded time. */
  readonly mostTries?: number;
}

const MOST_TRIES = 400;
/** Simpler values first; which fits a column shows where it is put in. */
const SIMPLE = ['0', '1', "'a'", "'2024-01-31'", "'2024-01-31 00:00:00'", 'true', 'NULL'];

/**
 * Delta debugging: takes whole tables' rows away, then halves, then single rows, then makes values simple, as long as the
 * two still differ and the facts still hold.
 */
export async function shrinkDatabase<Found extends WithTables>(
  found: Found,
  { facts, stillDiffers, mostTries = MOST_TRIES }: ShrinkParts<Found>,
): Promise<Found> {
  let best = found;
  let left = mostTries;

  async function accepts(tables: RandomDatabase): Promise<boolean> {
    if (left === 0 || !keepsFacts(tables, facts)) {
      return false;
    }
    left -= 1;
    const smaller = await stillDiffers(tables);
    best = smaller ?? best;
    return smaller !== undefined;
  }

  async function takeRows(): Promise<void> {
    for (let size = largest(best.tables); size >= 1; size = Math.floor(size / 2)) {
      let isSmaller = true;
      while (isSmaller) {
        isSmaller = false;
        for (const tables of withoutRows(best.tables, size)) {
          if (await accepts(tables)) {
            isSmaller = true;
            break;
          }
        }
      }
    }
  }

  await takeRows();
  for (const { table, row, column } of cellsOf(best.tables)) {
    for (const value of SIMPLE) {
      const now = best.tables[table]?.rows[row]?.[column];
      if (now === value) {
        break;
      }
      const isLikeIt =
        value === 'NULL' || (now?.startsWith("'") ?? false) === value.startsWith("'");
      if (isLikeIt && (await accepts(withValue(best.tables, { table, row, column, value })))) {
        break;
      }
    }
  }
  await takeRows();
  return best;
}

function largest(tables: RandomDatabase): number {
  return Math.max(0, ...tables.map(({ rows }) => rows.length));
}

/** Each way to take so many neighbouring rows from one table. */
function withoutRows(tables: RandomDatabase, size: number): readonly RandomDatabase[] {
  return tables.flatMap((table, at) =>
    Array.from({ length: Math.ceil(table.rows.length / size) }, (_, part) =>
      tables.with(at, { ...table, rows: table.rows.toSpliced(part * size, size) }),
    ),
  );
}

interface CellAt {
  readonly table: number;
  readonly row: number;
  readonly column: number;
}

function cellsOf(tables: RandomDatabase): readonly CellAt[] {
  return tables.flatMap(({ rows }, table) =>
    rows.flatMap((values, row) => values.map((_value, column) => ({ table, row, column }))),
  );
}

function withValue(
  tables: RandomDatabase,
  { table, row, column, value }: CellAt & { readonly value: string },
): RandomDatabase {
  return tables.map((each, at) =>
    at === table
      ? {
          ...each,
          rows: each.rows.map((values, index) =>
            index === row ? values.with(column, value) : values,
          ),
        }
      : each,
  );
}
