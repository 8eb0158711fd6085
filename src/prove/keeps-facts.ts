import type { Facts, Inclusion } from '../marts/facts.ts';
import type { RandomTable } from './random-databases.ts';

/** True when unique keys, references and not-nulls hold in a database. */
export function keepsFacts(tables: readonly RandomTable[], facts: Facts): boolean {
  return (
    tables.every((table) => keepsKeys(table, facts) && keepsNotNulls(table, facts)) &&
    facts.inclusions.every((inclusion) => orphansOf(tables, inclusion).length === 0)
  );
}

/** The same database without the rows whose reference leads nowhere. */
export function withoutOrphans(
  tables: readonly RandomTable[],
  facts: Facts,
): readonly RandomTable[] {
  for (const inclusion of facts.inclusions) {
    const orphans = new Set(orphansOf(tables, inclusion));
    if (orphans.size > 0) {
      const kept = tables.map((table) =>
        table.relation === inclusion.from
          ? { ...table, rows: table.rows.filter((_row, at) => !orphans.has(at)) }
          : table,
      );
      return withoutOrphans(kept, facts);
    }
  }
  return tables;
}

/** True when no unique key of the table has a value twice. */
export function keepsKeys({ relation, columns, rows }: RandomTable, facts: Facts): boolean {
  return facts.uniqueKeys.every((key) => {
    if (key.relation !== relation) {
      return true;
    }
    const keys = rows
      .map((row) => keyOf(row, positionsOf(key.columns, columns)))
      .filter((value) => value !== undefined);
    return new Set(keys).size === keys.length;
  });
}

function keepsNotNulls({ relation, columns, rows }: RandomTable, facts: Facts): boolean {
  return facts.notNull.every((each) => {
    const at = each.relation === relation ? columns.indexOf(each.column) : -1;
    return at === -1 || rows.every((row) => row[at] !== 'NULL');
  });
}

/** Positions of rows that refer to no row; none where one of the tables is not among these. */
function orphansOf(tables: readonly RandomTable[], inclusion: Inclusion): readonly number[] {
  const from = tables.find((table) => table.relation === inclusion.from);
  const to = tables.find((table) => table.relation === inclusion.to);
  if (from === undefined || to === undefined) {
    return [];
  }
  const there = positionsOf(inclusion.toColumns, to.columns);
  const present = new Set(to.rows.map((row) => keyOf(row, there)));
  const here = positionsOf(inclusion.fromColumns, from.columns);
  return [...from.rows.entries()].flatMap(([at, row]) => {
    const key = keyOf(row, here);
    return key === undefined || present.has(key) ? [] : [at];
  });
}

function positionsOf(names: readonly string[], columns: readonly string[]): readonly number[] {
  return names.map((name) => columns.indexOf(name));
}

/** `undefined` where a part is NULL: it equals nothing. */
function keyOf(row: readonly string[], positions: readonly number[]): string | undefined {
  const parts = positions.map((at) => row[at] ?? 'NULL');
  return parts.includes('NULL') ? undefined : parts.join('\n');
}
