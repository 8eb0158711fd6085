import { type RelationId, relationParts } from '../base/relation.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { normalize } from '../sql/normalize/normalize.ts';
import { bindQuery } from '../sql/resolve/bind-query.ts';
import type { SchemaIndex } from '../sql/schema-index.ts';
import { isVolatile } from './expressions.ts';

/** A view's definition as it can be reasoned about. */
export interface ReadDefinition {
  readonly query: NormalQuery;
  /** Base tables, views expanded, sorted. */
  readonly sources: readonly RelationId[];
  /** Why it may have no physical mart, in words; empty for most. */
  readonly objections: readonly string[];
}

/** Reads the logical definition the schema holds of a view; absent where it holds none. */
export function readDefinition(
  view: RelationId,
  { schema, dialect }: { readonly schema: SchemaIndex; readonly dialect: DialectName },
): ReadDefinition | undefined {
  const definition = schema.relationOf(view)?.definition;
  if (definition === undefined) {
    return undefined;
  }
  const { database, schema: schemaName } = relationParts(view);
  const bound = bindQuery(definition, {
    schema,
    names: { database, schema: schemaName },
    dialect: dialectOf(dialect),
  });
  const sources = [...bound.relations.keys()]
    .filter((id) => schema.relationOf(id)?.kind !== 'view')
    .toSorted();
  const unknown = sources.filter((id) => schema.relationOf(id) === undefined);
  return {
    query: normalize(bound.query),
    sources,
    objections: [
      ...bound.notUnderstood.map((because) => `its definition is not understood: ${because}`),
      ...unknown.map((id) => `it reads ${id}, which is not in the catalog`),
      ...(isVolatile(bound.query)
        ? ['its definition calls a function whose value changes without its sources']
        : []),
      ...(bound.query.limit === undefined
        ? []
        : ['its definition has a LIMIT, so its rows are not determined by its sources']),
    ],
  };
}
