import type { ColumnOf } from '../sql/query-shape.ts';
import { type ColumnEdge, keyOf } from './column-edges.ts';

/** A column on the way up (what it is made of) or down (what is made of it). */
export interface LineageStep {
  readonly at: ColumnOf;
  /** How it hangs on the column it was reached from; absent at the start. */
  readonly how?: ColumnEdge['how'];
  readonly by?: readonly string[];
  readonly lastDay?: string;
  readonly next: readonly LineageStep[];
  /** True where the way was told already, further up: it is not told again. */
  readonly again: boolean;
}

/**
 * The whole way from a column, up or down. Every column's own way is told once; where it is met again (two ways to one
 * column, or a statement that writes what it read) the step says so and ends.
 */
export function traceColumns(
  start: ColumnOf,
  {
    edges,
    direction,
  }: { readonly edges: readonly ColumnEdge[]; readonly direction: 'up' | 'down' },
): LineageStep {
  const next = new Map<string, Reached[]>();
  for (const { from, to, ...edge } of edges) {
    const [here, there] = direction === 'up' ? [to, from] : [from, to];
    const known = next.get(keyOf(here)) ?? [];
    known.push({ at: there, ...edge });
    next.set(keyOf(here), known);
  }
  const told = new Set<string>();
  function step({ at, ...edge }: Pick<Reached, 'at'> & Partial<Reached>): LineageStep {
    const key = keyOf(at);
    const again = told.has(key);
    told.add(key);
    const onward = again ? [] : (next.get(key) ?? []);
    return {
      at,
      ...edge,
      again,
      next: onward.toSorted((a, b) => (keyOf(a.at) < keyOf(b.at) ? -1 : 1)).map(step),
    };
  }
  return step({ at: start });
}

type Reached = Omit<ColumnEdge, 'from' | 'to'> & { readonly at: ColumnOf };

/** Every column on the way, the start first, each once. */
export function columnsOnTheWay(step: LineageStep): readonly ColumnOf[] {
  const inside = step.next.flatMap(columnsOnTheWay);
  const all = step.again ? [] : [step.at, ...inside];
  return [...new Map(all.map((column) => [keyOf(column), column])).values()];
}
