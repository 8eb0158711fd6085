import { type RelationId, relationParts } from '../../base/relation.ts';
import type { AccessWording, Grant } from '../wording.ts';
import { lostWhenReplaced } from './lost-when-replaced.ts';
import { databricksNames, named } from './names.ts';

/** Everybody in the account. */
const EVERYBODY = 'account users';

/**
 * Owners, privileges, row filters and column masks, from Unity Catalog's information schema. Who belongs to which group is not
 * told there: a grantee reads where a privilege names it, or everybody, so that what is not known refuses.
 */
export const accessWording: AccessWording = {
  owner: (relation) => `select table_owner from information_schema.tables where ${named(relation)}`,
  grants: (
    relation,
  ) => `select distinct case when grantee = '${EVERYBODY}' then null else grantee end, privilege_type,
  is_grantable = 'YES', cast(null as string)
from information_schema.table_privileges
where ${named(relation)} and coalesce(inherited_from, 'NONE') = 'NONE'
order by 1, 2, 3`,
  giveTo: (owner, { kind, relation }) =>
    `alter ${kind} ${databricksNames.relation(relation)} owner to ${databricksNames.quote(owner)}`,
  grant: ({ grantee, privilege, on }, relation) =>
    `grant ${wordsOf(privilege)} on ${securable(on)} ${databricksNames.relation(relation)} to ${whomOf(grantee)}`,
  revoke: ({ grantee, privilege, on }, relation) =>
    `revoke ${wordsOf(privilege)} on ${securable(on)} ${databricksNames.relation(relation)} from ${whomOf(grantee)}`,
  readers: (
    relation,
  ) => `select distinct case when grantee = '${EVERYBODY}' then null else grantee end
from information_schema.table_privileges
where ${named(relation)} and privilege_type in (${READING})
order by 1`,
  mayRead,
  options: () => 'select cast(null as string) where 1 = 0',
  rowPolicies: (relation) => `select concat('row filter ', filter_name) as policy
from information_schema.row_filters where ${named(relation, '')}
union all
select concat('mask ', mask_name, ' on column ', column_name)
from information_schema.column_masks where ${named(relation, '')}
order by 1`,
  rowPoliciesNow: (relation, kind) =>
    kind === 'table' ? policiesByTag(relation) : 'select cast(null as string) where 1 = 0',
  lostWhenReplaced,
  ourselves: 'select current_user()',
};

/** To read takes SELECT and the way to it: USE CATALOG and USE SCHEMA, whichever of the three was granted further up. */
function mayRead(grantee: Grant['grantee'], relation: RelationId): string {
  const { database, schema } = relationParts(relation);
  const text = (value: string) => databricksNames.text(value.toLowerCase());
  const catalogIs = `catalog_name = ${database === undefined ? 'current_catalog()' : text(database)}`;
  const schemaIs = `schema_name = ${schema === undefined ? 'current_schema()' : text(schema)}`;
  const whom = [...new Set([grantee ?? EVERYBODY, EVERYBODY])].map((one) =>
    databricksNames.text(one),
  );
  const held = (what: string, where: string, privileges: string) =>
    `(select count(*) from information_schema.${what}_privileges
where ${where} and privilege_type in (${privileges}) and grantee in (${whom.join(', ')})) > 0`;
  return `select ${[
    held('table', named(relation), READING),
    held('schema', `${catalogIs} and ${schemaIs}`, using('SCHEMA')),
    held('catalog', catalogIs, using('CATALOG')),
  ].join('\n  and ')}`;
}

/**
 * Policies of the table, its schema or its catalog that filter or mask by attributes. Which tables one of these matches is not asked:
 * each refuses. Told to who may MANAGE what it is on, and by releases that have the view (a preview).
 */
function policiesByTag(table: RelationId): string {
  const { database, schema, name } = relationParts(table);
  const text = (value: string) => databricksNames.text(value.toLowerCase());
  return `select concat('policy ', policy_name, ' (', lower(replace(policy_type, '_', ' ')), ')') as policy
from information_schema.abac_policy_definitions
where catalog_name = ${database === undefined ? 'current_catalog()' : text(database)}
  and (schema_name is null or schema_name = ${schema === undefined ? 'current_schema()' : text(schema)})
  and (securable_name is null or securable_name = ${text(name)})
  and policy_type not like '%GRANT%' and policy_type not like '%DENY%'
order by 1`;
}

const ALL = "'ALL_PRIVILEGES', 'ALL PRIVILEGES'";
const READING = `'SELECT', ${ALL}`;

function using(what: 'CATALOG' | 'SCHEMA'): string {
  return `'USE_${what}', 'USE ${what}', ${ALL}`;
}

/** The information schema writes `MANAGE_ACCESS` what a statement calls `MANAGE ACCESS`. */
function wordsOf(privilege: Grant['privilege']): string {
  return privilege.replaceAll('_', ' ');
}

/** Tables and views are named alike. */
function securable(on: Grant['on']): string {
  return on === 'materialized view' ? on : 'table';
}

function whomOf(grantee: string | undefined): string {
  return databricksNames.quote(grantee ?? EVERYBODY);
}
