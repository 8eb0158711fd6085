import { digestOf } from '../../base/digest.ts';
import type { RelationId } from '../../base/relation.ts';
import type { DialectName } from '../../sql/dialect.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { SchemaRelation } from '../../sql/schema.ts';
import { indexSchema } from '../../sql/schema-index.ts';
import type { ObservedSchema } from '../observe-schema.ts';

/**
 * The same schema, these views as sources of their own: what reads one ends there. A view whose definition cannot be computed is
 * still read by its columns, and what its readers ask is understood as far as that.
 */
export function withOpaque(
  schema: ObservedSchema,
  { views, dialect }: { readonly views: ReadonlySet<RelationId>; readonly dialect: DialectName },
): ObservedSchema {
  if (views.size === 0) {
    return schema;
  }
  const relations = schema.snapshot.relations.map((relation): SchemaRelation => {
    const { definition: _gone, ...rest } = relation;
    return views.has(relation.id) ? rest : relation;
  });
  const snapshot = { ...schema.snapshot, relations };
  return {
    ...schema,
    snapshot,
    index: indexSchema(snapshot, dialectOf(dialect)),
    digest: digestOf(snapshot),
  };
}
