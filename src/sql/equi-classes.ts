import type { ColumnOf, JoinUse } from './query-shape.ts';

/** Columns that a statement's joins of one kind hold equal. */
export interface EquiClass {
  readonly kind: JoinUse['kind'];
  readonly columns: readonly ColumnOf[];
}

/**
 * The classes that a statement's equi-joins make: inner joins chain (`a = b`, `b = c`), every other join is a class
 * of its own, in its canonical order.
 */
export function equiClasses(joins: readonly JoinUse[]): readonly EquiClass[] {
  const inner: Map<string, ColumnOf>[] = [];
  const others: EquiClass[] = [];
  for (const { left, right, kind } of joins) {
    if (kind !== 'inner') {
      others.push({ kind, columns: [left, right] });
      continue;
    }
    const pair = new Map([left, right].map((column) => [keyOf(column), column]));
    const touched = inner.filter((known) => [...pair.keys()].some((key) => known.has(key)));
    const united = new Map([...touched.flatMap((known) => [...known]), ...pair]);
    inner.splice(0, inner.length, ...inner.filter((known) => !touched.includes(known)), united);
  }
  const classes = inner.map(
    (columns): EquiClass => ({
      kind: 'inner',
      columns: [...columns].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, column]) => column),
    }),
  );
  return [...classes, ...others];
}

function keyOf({ relation, column }: ColumnOf): string {
  return `${relation} ${column}`;
}
