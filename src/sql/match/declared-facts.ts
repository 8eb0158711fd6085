import type { Facts } from '../../marts/facts.ts';
import type { SchemaSnapshot } from '../schema.ts';

/**
 * What a schema declares, as facts. NOT NULL is enforced by every warehouse and always counts; keys and references
 * mostly are not, and count only where the caller trusts them.
 */
export function declaredFacts(
  schema: SchemaSnapshot,
  { trustKeys }: { readonly trustKeys: boolean },
): Facts {
  const keyed = trustKeys ? schema.relations : [];
  return {
    source: 'declared',
    verifiedAt: 0,
    uniqueKeys: keyed.flatMap((relation) =>
      relation.keys.map((key) => ({ relation: relation.id, columns: key.columns })),
    ),
    inclusions: keyed.flatMap((relation) =>
      relation.foreignKeys.map((key) => ({
        from: relation.id,
        fromColumns: key.columns,
        to: key.references,
        toColumns: key.referencedColumns,
      })),
    ),
    notNull: [
      ...schema.relations.flatMap((relation) =>
        relation.columns
          .filter((column) => column.notNull)
          .map((column) => ({ relation: relation.id, column: column.name })),
      ),
      ...keyed.flatMap((relation) =>
        relation.keys
          .filter((key) => key.primary)
          .flatMap((key) => key.columns.map((column) => ({ relation: relation.id, column }))),
      ),
    ],
    rowCounts: [],
  };
}
