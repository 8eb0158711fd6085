import { type RelationId, relationParts } from '../../base/relation.ts';
import { textLiteral } from './text-literal.ts';

/** Ids hold names as they are stored; parts left out mean the session's own. */
export function named(
  relation: RelationId,
  columns = { database: 'table_catalog', schema: 'table_schema', name: 'table_name' },
): string {
  const { database, schema, name } = relationParts(relation);
  const part = (column: string, value: string | undefined, standard: string) =>
    `${column} = ${value === undefined ? standard : textLiteral(value)}`;
  return [
    part(columns.database, database, 'current_database()'),
    part(columns.schema, schema, 'current_schema()'),
    part(columns.name, name, "''"),
  ].join(' and ');
}
