import { quoteName, quoteRelation } from '../quote.ts';
import type { NativeWording } from '../wording.ts';
import { NAMED, named } from './named.ts';

/**
 * Materialized views. All of one is computed again with each refresh, and the rows that differ are changed: without
 * CONCURRENTLY readers would wait for all of it, and with it a unique index over plain columns must stand. Within a transaction a
 * refresh reads that transaction's snapshot, and is undone with it.
 */
export const nativeWording: NativeWording = {
  kind: 'materialized view',
  create: ({ relation, select, key = [] }) => [
    `create materialized view ${quoteRelation(relation)} as\n${select}`,
    `create unique index on ${quoteRelation(relation)} (${key.map(quoteName).join(', ')})`,
  ],
  refresh: (relation) => `refresh materialized view concurrently ${quoteRelation(relation)}`,
  refill: (relation) => `refresh materialized view ${quoteRelation(relation)}`,
  // The stored rule names relations and columns by their numbers: a renamed source is not a redefinition. An emptied one answers nobody.
  text: (relation) => `select md5(r.ev_action::text)
${NAMED} join pg_catalog.pg_rewrite as r on r.ev_class = c.oid and r.rulename = '_RETURN'
where ${named(relation)} and c.relkind = 'm' and c.relispopulated`,
};
