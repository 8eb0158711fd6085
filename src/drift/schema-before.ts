import type { SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';
import type { SchemaPicture } from './schema-picture.ts';

/**
 * The schema a picture was taken of, as far as it can still be told: relations and columns as they were, with the
 * definitions views have now. A view that was dropped or changed has the reach of its present text.
 */
export function schemaBefore(picture: SchemaPicture, now: SchemaSnapshot): SchemaSnapshot {
  const definitions = new Map(now.relations.map(({ id, definition }) => [id, definition]));
  return {
    ...now,
    relations: picture.relations.map(({ id, kind, columns, keys, foreignKeys }): SchemaRelation => {
      const definition = kind === 'view' ? definitions.get(id) : undefined;
      const relation = { id, kind, columns, keys, foreignKeys };
      return definition === undefined ? relation : { ...relation, definition };
    }),
  };
}
