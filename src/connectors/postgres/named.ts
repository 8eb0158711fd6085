import { type RelationId, relationParts } from '../../base/relation.ts';
import { quoteText } from '../quote.ts';

/** Relations with their schemas, as `c` and `n`. */
export const NAMED =
  'from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace';

/** Ids hold names as they are stored; a schema left out means the session's own. */
export function named(relation: RelationId): string {
  const { database, schema, name } = relationParts(relation);
  const parts = [
    `c.relname = ${quoteText(name)}`,
    `n.nspname = ${schema === undefined ? 'current_schema()' : quoteText(schema)}`,
  ];
  return (
    database === undefined ? parts : [...parts, `current_database() = ${quoteText(database)}`]
  ).join(' and ');
}
