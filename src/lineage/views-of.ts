import { type RelationId, relationParts } from '../base/relation.ts';
import type { Dialect } from '../sql/dialect.ts';
import { bindQuery, type QueryBinding } from '../sql/resolve/bind-query.ts';
import type { SchemaRelation } from '../sql/schema.ts';
import type { SchemaIndex } from '../sql/schema-index.ts';

/** Where views are looked up. */
export interface ViewCatalog {
  readonly schema: SchemaIndex;
  readonly dialect: Dialect;
}

/** What one view reads. */
export interface ViewReads {
  readonly view: RelationId;
  /** Relations its own text names. */
  readonly direct: readonly RelationId[];
  /** Those, and what the views among them read. */
  readonly all: readonly RelationId[];
}

/** What every view with a readable definition reads, in catalog order. */
export function viewsOf({ schema, dialect }: ViewCatalog): readonly ViewReads[] {
  return schema.snapshot.relations.flatMap((relation) => {
    const binding = bindView(relation, { schema, dialect });
    if (binding === undefined) {
      return [];
    }
    const seen = [...binding.relations];
    return [
      {
        view: relation.id,
        direct: seen.filter(([, { via }]) => via === 'named').map(([id]) => id),
        all: seen.map(([id]) => id),
      },
    ];
  });
}

/** A view's definition, bound as its own schema sees it; `undefined` for tables and unreadable views. */
export function bindView(
  relation: SchemaRelation,
  { schema, dialect }: ViewCatalog,
): QueryBinding | undefined {
  if (relation.kind !== 'view' || relation.definition === undefined) {
    return undefined;
  }
  const { database, schema: own } = relationParts(relation.id);
  return bindQuery(relation.definition, { schema, dialect, names: { database, schema: own } });
}
