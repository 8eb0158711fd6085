import { quoteName, quoteRelation, quoteText } from '../quote.ts';
import type { AccessWording, Grant } from '../wording.ts';
import { mayRead } from './may-read.ts';
import { NAMED, named } from './named.ts';

/** Owners, grants and row policies, read from the catalog. */
export const accessWording: AccessWording = {
  owner: (relation) =>
    `select pg_catalog.pg_get_userbyid(c.relowner)::text ${NAMED} where ${named(relation)}`,
  grants: (relation) => `select role.rolname::text, g.privilege_type, g.is_grantable, g.attname
from (
  select (pg_catalog.aclexplode(c.relacl)).*, null::text as attname, c.relowner ${NAMED} where ${named(relation)}
  union all
  select (pg_catalog.aclexplode(a.attacl)).*, a.attname::text, c.relowner
  ${NAMED} join pg_catalog.pg_attribute as a on a.attrelid = c.oid
  where ${named(relation)} and a.attnum > 0 and not a.attisdropped
) as g left join pg_catalog.pg_roles as role on role.oid = g.grantee
where g.grantee <> g.relowner
order by 1, 2, 3, 4`,
  giveTo: (owner, { kind, relation }) =>
    `alter ${kind} ${quoteRelation(relation)} owner to ${quoteName(owner)}`,
  grant: ({ grantee, privilege, grantable, column }, relation) => {
    const further = grantable ? ' with grant option' : '';
    return `grant ${whatOf({ privilege, column })} on ${quoteRelation(relation)} to ${whomOf(grantee)}${further}`;
  },
  revoke: ({ grantee, privilege, column }, relation) =>
    `revoke ${whatOf({ privilege, column })} on ${quoteRelation(relation)} from ${whomOf(grantee)}`,
  mayRead: (grantee, relation) => mayRead(grantee ?? 'public', relation),
  options: (view) => `select unnest(c.reloptions) ${NAMED} where ${named(view)} order by 1`,
  rowPolicies: (relation) => `select 'row level security'
${NAMED}
where ${named(relation)} and (c.relrowsecurity
  or exists (select 1 from pg_catalog.pg_policy as p where p.polrelid = c.oid))`,
  ourselves: 'select current_user::text',
  waitBriefly: `set local lock_timeout = ${quoteText('5s')}`,
};

function whatOf({ privilege, column }: Pick<Grant, 'privilege' | 'column'>): string {
  return column === undefined ? privilege : `${privilege} (${quoteName(column)})`;
}

function whomOf(grantee: string | undefined): string {
  return grantee === undefined ? 'public' : quoteName(grantee);
}
