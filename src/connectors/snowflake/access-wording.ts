import { quoteName, quoteRelation } from '../quote.ts';
import type { AccessWording, Grant } from '../wording.ts';
import { named } from './named.ts';
import { lostWhenReplaced, policiesNow, policiesTold } from './policies.ts';
import { textLiteral } from './text-literal.ts';

/** The role every role has. */
const EVERYBODY = 'PUBLIC';

const OBJECT = { database: 'object_catalog', schema: 'object_schema', name: 'object_name' };

/**
 * Owners, grants and policies. Which role holds which is not asked: a grantee reads where a grant names it or everybody, or it owns
 * the relation, so that what is not known refuses.
 */
export const accessWording: AccessWording = {
  owner: (relation) => `select table_owner from information_schema.tables where ${named(relation)}`,
  grants: (relation) => `select ${GRANTEE}, privilege_type, is_grantable = 'YES', null
from information_schema.object_privileges
where ${named(relation, OBJECT)} and privilege_type <> 'OWNERSHIP'
order by 1, 2, 3`,
  giveTo: (owner, { kind, relation }) =>
    `grant ownership on ${kind} ${quoteRelation(relation)} to role ${quoteName(owner)} copy current grants`,
  grant: ({ grantee, privilege, grantable, on = 'table' }, relation) =>
    `grant ${privilege} on ${on} ${quoteRelation(relation)} to role ${roleOf(grantee)}${grantable ? ' with grant option' : ''}`,
  revoke: ({ grantee, privilege, on = 'table' }, relation) =>
    `revoke ${privilege} on ${on} ${quoteRelation(relation)} from role ${roleOf(grantee)}`,
  mayRead: (grantee, relation) => `select count(*) > 0
from information_schema.object_privileges
where ${named(relation, OBJECT)} and privilege_type in ('SELECT', 'OWNERSHIP')
  and grantee in (${[...new Set([grantee ?? EVERYBODY, EVERYBODY])].map(textLiteral).join(', ')})`,
  options: (view) =>
    `select 'secure' from information_schema.views where ${named(view)} and is_secure = 'YES'`,
  rowPolicies: policiesTold,
  rowPoliciesNow: policiesNow,
  lostWhenReplaced,
  ourselves: 'select current_role()',
};

const GRANTEE = `case when grantee = '${EVERYBODY}' then null else grantee end`;

function roleOf(grantee: Grant['grantee']): string {
  return quoteName(grantee ?? EVERYBODY);
}
