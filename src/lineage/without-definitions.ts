import type { SchemaSnapshot } from '../sql/schema.ts';

/** The same relations, views as tables: what reads a view ends there. */
export function withoutDefinitions(snapshot: SchemaSnapshot): SchemaSnapshot {
  const relations = snapshot.relations.map(({ id, kind, columns, keys, foreignKeys }) => ({
    id,
    kind,
    columns,
    keys,
    foreignKeys,
  }));
  return { ...snapshot, relations };
}
