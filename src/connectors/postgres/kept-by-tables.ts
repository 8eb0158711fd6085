import type { RelationId } from '../../base/relation.ts';
import { NAMED, named } from './named.ts';

/** What a table can have that a view of its name cannot, each with a statement that counts it. */
export function keptByTables(relation: RelationId) {
  const count = (from: string, where: string) =>
    `select count(*) ${NAMED} ${from} where ${named(relation)} and ${where}`;
  return [
    {
      what: 'constraints (keys, checks), or foreign keys that lead to it',
      sql: count(
        'join pg_catalog.pg_constraint as k on c.oid in (k.conrelid, k.confrelid)',
        'true',
      ),
    },
    {
      what: 'columns that must not be null, have a default, or are generated',
      sql: count(
        'join pg_catalog.pg_attribute as a on a.attrelid = c.oid',
        'a.attnum > 0 and not a.attisdropped and (a.attnotnull or a.atthasdef)',
      ),
    },
    { what: 'indexes', sql: count('join pg_catalog.pg_index as i on i.indrelid = c.oid', 'true') },
    {
      what: 'triggers',
      sql: count('join pg_catalog.pg_trigger as t on t.tgrelid = c.oid', 'not t.tgisinternal'),
    },
    {
      what: 'row policies or rules',
      sql: count('', '(c.relrowsecurity or c.relforcerowsecurity or c.relhasrules)'),
    },
    {
      what: 'partitions, parents or children',
      sql: count('', "(c.relkind = 'p' or c.relispartition or c.relhassubclass)"),
    },
    {
      what: 'publications',
      sql: count('join pg_catalog.pg_publication_rel as p on p.prrelid = c.oid', 'true'),
    },
    {
      what: 'stored definition of a materialized view or foreign table',
      sql: count('', "c.relkind in ('m', 'f')"),
    },
  ] as const;
}
