import type { RelationId } from '../base/relation.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';

/**
 * Adds the relations that statements name and nobody told of, as tables with the columns the statements name. Types,
 * keys and columns nobody used stay unknown; `inferred` lists what was added.
 */
export function inferSchema(
  told: SchemaSnapshot,
  shapes: readonly Shape[],
): { readonly snapshot: SchemaSnapshot; readonly inferred: readonly RelationId[] } {
  const known = new Set(told.relations.map(({ id }) => id));
  const columns = new Map<RelationId, Map<string, string>>();
  for (const shape of shapes) {
    if (shape.level === 'lexer') {
      continue;
    }
    for (const { relation, known: isKnown } of shape.relations) {
      if (!isKnown && !known.has(relation) && !columns.has(relation)) {
        columns.set(relation, new Map());
      }
    }
    for (const { relation, column } of shape.columns) {
      const named = columns.get(relation);
      if (named !== undefined && column !== '*') {
        named.set(column.toLowerCase(), named.get(column.toLowerCase()) ?? column);
      }
    }
  }
  const added = [...columns]
    .filter(([, named]) => named.size > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([id, named]): SchemaRelation => ({
        id,
        kind: 'table',
        columns: [...named.values()].toSorted().map((name) => ({ name, type: '', notNull: false })),
        keys: [],
        foreignKeys: [],
      }),
    );
  return {
    snapshot: { ...told, relations: [...told.relations, ...added] },
    inferred: added.map(({ id }) => id),
  };
}
