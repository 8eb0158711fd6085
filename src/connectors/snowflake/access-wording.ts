import { quoteName, quoteRelation } from '../quote.ts';
import type { AccessWording, Grant } from '../wording.ts';
import { named } from './named.ts';
import { textLiteral } from './text-literal.ts';

/** The role every role has. */
const EVERYBODY = 'PUBLIC';

const OBJECT = { database: 'object_catalog', schema: 'object_schema', name: 'object_name' };
const ENTITY = {
  database: 'ref_database_name',
  schema: 'ref_schema_name',
  name: 'ref_entity_name',
};

/**
 * Owners, grants and policies. Which role holds which is not asked: a grantee reads where a grant names it or everybody, or it owns
 * the relation, so that what is not known refuses. Policies come from the account's own view, which may be two hours behind.
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
  rowPolicies: (
    relation,
  ) => `select lower(replace(policy_kind, '_', ' ')) || coalesce(' on column ' || ref_column_name, '')
from snowflake.account_usage.policy_references
where ${named(relation, ENTITY)}
order by 1`,
  ourselves: 'select current_role()',
};

const GRANTEE = `case when grantee = '${EVERYBODY}' then null else grantee end`;

function roleOf(grantee: Grant['grantee']): string {
  return quoteName(grantee ?? EVERYBODY);
}
