import type { RelationId } from '../../base/relation.ts';
import type { BoundQuery } from '../../sql/bound.ts';
import { baseOf } from '../../sql/resolve/base-of.ts';
import { occurrencesOf } from '../../sql/resolve/occurrences.ts';

/** What people said of a column where it comes from. */
export interface SaidOfColumn {
  readonly description?: string;
  /** As `name:value`, or the name alone. */
  readonly tags?: readonly string[];
}

/** A column as the warehouse's catalog tells it. */
export interface CatalogColumn {
  readonly comment?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Of the columns a statement passes on unchanged, what is said of them at their source: comments and tags. What is computed is something
 * else, of which nobody said anything.
 */
export function saidOfColumns(
  query: BoundQuery,
  {
    columns,
    columnOf,
  }: {
    /** What its outputs are called, in order. */
    readonly columns: readonly { readonly name: string }[];
    readonly columnOf: (relation: RelationId, column: string) => CatalogColumn | undefined;
  },
): ReadonlyMap<string, SaidOfColumn> {
  const { body } = query;
  // A star over what has unknown columns stands for nobody knows how many.
  if (body.kind !== 'select' || body.items.length !== columns.length) {
    return new Map();
  }
  const occurrences = occurrencesOf(query);
  return new Map(
    columns.flatMap(({ name }, at) => {
      const expr = body.items[at]?.expr;
      const base = expr?.kind === 'ref' ? baseOf(expr, occurrences) : undefined;
      const told = base === undefined ? undefined : columnOf(base.relation, base.column);
      const tags = Object.entries(told?.tags ?? {}).map(([tag, value]) =>
        value === '' ? tag : `${tag}:${value}`,
      );
      return told?.comment === undefined && tags.length === 0
        ? []
        : [
            [
              name,
              {
                ...(told?.comment === undefined ? {} : { description: told.comment }),
                ...(tags.length === 0 ? {} : { tags: tags.toSorted() }),
              },
            ] as const,
          ];
    }),
  );
}
