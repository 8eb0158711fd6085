import type { RelationId } from '../../base/relation.ts';
import { quoteText } from '../quote.ts';
import { NAMED, named } from './named.ts';

/**
 * Whether a role, or `public`, could read the relation itself: it has to be let into its schema, too, for a grant on a table alone
 * reads nothing. Below a view that asks for its reader's own rights (`security_invoker`, from 15 on) every relation is asked for; their
 * schemas are not, for a view has found them already. Who may not connect may not read the mart either.
 */
export function mayRead(role: string, relation: RelationId): string {
  const who = quoteText(role);
  return `with recursive reads(oid, is_named) as (
  select c.oid, true ${NAMED} where ${named(relation)}
  union
  select d.refobjid, false
  from reads join pg_catalog.pg_class as c on c.oid = reads.oid
  join pg_catalog.pg_rewrite as r on r.ev_class = c.oid
  join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> c.oid
  where exists (
    select from pg_catalog.pg_options_to_table(c.reloptions) as o
    where o.option_name = 'security_invoker' and o.option_value::boolean)
)
select pg_catalog.bool_and(has_table_privilege(${who}, c.oid, 'select')
  and (not is_named or has_schema_privilege(${who}, c.relnamespace, 'usage')))
from reads join pg_catalog.pg_class as c on c.oid = reads.oid
where c.relkind in ('r', 'p', 'v', 'm', 'f')`;
}
