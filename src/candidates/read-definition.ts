import { type RelationId, relationParts } from '../base/relation.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { Query } from '../sql/ir.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { sourceBarriers } from '../sql/normalize/barriers.ts';
import { normalize } from '../sql/normalize/normalize.ts';
import { bindQuery } from '../sql/resolve/bind-query.ts';
import type { SchemaIndex } from '../sql/schema-index.ts';
import { dependsOnZone } from './depends-on-zone.ts';
import { isVolatile, someNode } from './expressions.ts';

/** A view's definition as it can be reasoned about. */
export interface ReadDefinition {
  readonly query: NormalQuery;
  /** Base tables, views expanded, sorted. */
  readonly sources: readonly RelationId[];
  /** Why it may have no physical mart, in words; empty for most. */
  readonly objections: readonly string[];
}

/** Reads the logical definition the schema holds of a view, or the one handed over with a table; absent where there is none. */
export function readDefinition(
  view: RelationId,
  {
    schema,
    dialect,
    handedOver,
  }: {
    readonly schema: SchemaIndex;
    readonly dialect: DialectName;
    readonly handedOver?: Query | undefined;
  },
): ReadDefinition | undefined {
  const definition = handedOver ?? schema.relationOf(view)?.definition;
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
      ...sourceBarriers(bound.query)
        .filter((barrier) => barrier.startsWith(TABLE_FUNCTION))
        .map(
          (barrier) =>
            `it reads ${barrier.slice(TABLE_FUNCTION.length)}(), and nobody could tell when that has changed`,
        ),
      ...(someNode(bound.query, isCutQuery)
        ? ['its definition has a LIMIT, so its rows are not determined by its sources']
        : []),
      ...(dependsOnZone(bound.query, schema)
        ? [
            'it computes with a moment whose day or text depends on the time zone of the session that asks; kept as a plain date in a base table it could have a mart',
          ]
        : []),
    ],
  };
}

/** How `sourceBarriers` begins where a function makes rows that no table holds: a file, a catalog, a table macro. */
const TABLE_FUNCTION = 'volatile: table function ';

/** Any query within the definition that keeps only some of its rows. */
function isCutQuery(node: Readonly<Record<string, unknown>>): boolean {
  return 'outputs' in node && (node['limit'] !== undefined || node['offset'] !== undefined);
}
