import type { RelationId } from '../base/relation.ts';

/** How many combinations of values some columns of one relation really have. */
export interface GroupNdv {
  readonly relation: RelationId;
  /** Sorted, at least two. */
  readonly columns: readonly string[];
  readonly distinct: number;
}

/** How many combinations of values columns of one relation have at most. */
export type GroupValues = (
  relation: RelationId,
  group: { readonly columns: readonly string[]; readonly valuesOf: (column: string) => number },
) => number;

/**
 * Columns of one relation follow from each other (a nation from its city), so that the product of their distinct counts
 * says far too much. Where just these columns were counted together that count holds; else the largest groups that were
 * counted among them are taken for their columns, and the product for the rest; a counted group that holds more columns
 * bounds it all.
 */
export function groupValues(counted: readonly GroupNdv[]): GroupValues {
  const byRelation = Map.groupBy(counted, ({ relation }) => relation);
  return (relation, { columns, valuesOf }) => {
    const wanted = new Set(columns);
    const known = byRelation.get(relation);
    if (known === undefined) {
      return [...wanted].reduce((product, column) => product * valuesOf(column), 1);
    }
    const larger = known.filter((group) => isWithin(wanted, new Set(group.columns)));
    const smaller = known
      .filter((group) => isWithin(group.columns, wanted))
      .toSorted(
        (a, b) =>
          b.columns.length - a.columns.length ||
          a.distinct - b.distinct ||
          (a.columns.join() < b.columns.join() ? -1 : 1),
      );
    const left = new Set(wanted);
    let product = 1;
    for (const group of smaller) {
      if (group.columns.every((column) => left.has(column))) {
        product *= Math.max(1, group.distinct);
        for (const column of group.columns) {
          left.delete(column);
        }
      }
    }
    product *= [...left].reduce((sum, column) => sum * valuesOf(column), 1);
    return Math.min(product, ...larger.map(({ distinct }) => Math.max(1, distinct)));
  };
}

function isWithin(part: Iterable<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((column) => whole.has(column));
}
