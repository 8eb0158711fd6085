import { type RelationId, relationParts } from '../../base/relation.ts';
import { quoteName, quoteRelation } from '../quote.ts';
import type { AccessWording, Grant } from '../wording.ts';
import { named } from './named.ts';
import { lostWhenReplaced, policiesNow, policiesTold } from './policies.ts';
import { textLiteral } from './text-literal.ts';

/** The role every role has. */
const EVERYBODY = 'PUBLIC';

const OBJECT = { database: 'object_catalog', schema: 'object_schema', name: 'object_name' };

/** Stages, sequences and functions may be called as a relation is. */
const IS_RELATION = "(object_type like '%TABLE' or object_type like '%VIEW')";

/** A database role, an application or a share may be called as a role of the account is. */
const HOLDER = "case when granted_to = 'ROLE' then grantee else granted_to || ' ' || grantee end";

/**
 * Owners, grants and policies. Which role holds which is not asked: a grantee reads where grants on the relation, on its schema and on
 * its database name it or everybody, or it owns them, so that what is not known refuses.
 */
export const accessWording: AccessWording = {
  owner: (relation) => `select table_owner from information_schema.tables where ${named(relation)}`,
  grants: (relation) => `select ${GRANTEE}, privilege_type, is_grantable = 'YES', null
from information_schema.object_privileges
where ${named(relation, OBJECT)} and ${IS_RELATION} and privilege_type <> 'OWNERSHIP'
order by 1, 2, 3`,
  giveTo: (owner, { kind, relation }) =>
    `grant ownership on ${kind} ${quoteRelation(relation)} to role ${quoteName(owner)} copy current grants`,
  grant: ({ grantee, privilege, grantable, on = 'table' }, relation) =>
    `grant ${privilege} on ${on} ${quoteRelation(relation)} to ${holderOf(grantee)}${grantable ? ' with grant option' : ''}`,
  revoke: ({ grantee, privilege, on = 'table' }, relation) =>
    `revoke ${privilege} on ${on} ${quoteRelation(relation)} from ${holderOf(grantee)}`,
  mayRead,
  options: (view) =>
    `select 'secure' from information_schema.views where ${named(view)} and is_secure = 'YES'`,
  rowPolicies: policiesTold,
  rowPoliciesNow: policiesNow,
  lostWhenReplaced,
  ourselves: 'select current_role()',
  grantUse: ({ database, name }, role) =>
    `grant usage on schema ${quoteName(database)}.${quoteName(name)} to role ${quoteName(role)}`,
};

const GRANTEE = `case when granted_to = 'ROLE' and grantee = '${EVERYBODY}' then null else ${HOLDER} end`;

/** SELECT alone does not do: who may not enter the schema, or the database, reads nothing in it. */
function mayRead(grantee: Grant['grantee'], relation: RelationId): string {
  const { database, schema } = relationParts(relation);
  const within = database === undefined ? 'current_database()' : textLiteral(database);
  const entered = schema === undefined ? 'current_schema()' : textLiteral(schema);
  return `select count(distinct case when object_type in ('DATABASE', 'SCHEMA') then object_type else 'RELATION' end) = 3
from information_schema.object_privileges
where ${HOLDER} in (${[...new Set([grantee ?? EVERYBODY, EVERYBODY])].map(textLiteral).join(', ')})
  and (${named(relation, OBJECT)} and ${IS_RELATION} and privilege_type in ('SELECT', 'OWNERSHIP')
    or object_type = 'SCHEMA' and object_catalog = ${within} and object_name = ${entered} and privilege_type in ('USAGE', 'OWNERSHIP')
    or object_type = 'DATABASE' and object_name = ${within} and privilege_type in ('USAGE', 'OWNERSHIP'))`;
}

/** As `HOLDER` tells it. */
function holderOf(grantee: Grant['grantee']): string {
  const [, kind, name] = /^((?:DATABASE|APPLICATION)[ _]ROLE|APPLICATION|SHARE) (.+)$/.exec(
    grantee ?? '',
  ) ?? [undefined, 'ROLE', grantee ?? EVERYBODY];
  return `${kind?.replace('_', ' ').toLowerCase()} ${quoteName(name ?? EVERYBODY)}`;
}
