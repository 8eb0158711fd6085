import type { DuckDBConnection } from '@duckdb/node-api';

const DATABASE = 'SHOP';
const OWN = `"${DATABASE}"."SNOW_INFORMATION"`;

/** Of `own_tags` those that hold for an object: set on it, on its columns, or on what it lies in. */
const HOLDING = `t.level = 'DATABASE' or (t.schema_name = o.schema_name and (t.level = 'SCHEMA' or t.object_name = o.object_name))`;
/** Entities are named with or without their database. */
const NAMED = (argument: string) =>
  `replace(${argument}, '"', '') in (o.schema_name || '.' || o.object_name, '${DATABASE}.' || o.schema_name || '.' || o.object_name)`;
const OBJECTS = `(select schema_name, view_name as object_name from duckdb_views() where database_name = '${DATABASE}'
union all select schema_name, table_name from duckdb_tables() where database_name = '${DATABASE}')`;

/**
 * Policies and tags: what the account's own views tell of them, which an account tells hours later, and what the functions tell at
 * once. Tags lie in PUBLIC; a tag's level is what it is set on. Who has no right on a policy is not told of it by a function (and is told
 * nothing at all where he has none on any), and the definition of a view says to its owner that there is one (`own_unseen`).
 */
export const POLICY_STATEMENTS: readonly string[] = [
  `create table ${OWN}.own_policies (schema_name varchar, object_name varchar, policy_kind varchar, column_name varchar)`,
  `create table ${OWN}.own_tags (level varchar, schema_name varchar, object_name varchar, column_name varchar, tag_name varchar)`,
  `create table ${OWN}.own_tag_policies (tag_name varchar, policy_kind varchar)`,
  `create table ${OWN}.own_unseen (object_name varchar, unseen_by varchar)`,
  `create view "SNOWFLAKE"."ACCOUNT_USAGE"."POLICY_REFERENCES" as
select '${DATABASE}' as ref_database_name, schema_name as ref_schema_name, object_name as ref_entity_name, 'TABLE' as ref_entity_domain, policy_kind,
  column_name as ref_column_name, null as tag_database, null as tag_schema, null as tag_name
from ${OWN}.own_policies
where object_name not in (select u.object_name from ${OWN}.own_unseen as u where unseen_by = 'ACCOUNT_USAGE')
union all
select '${DATABASE}', 'PUBLIC', tag_name, 'TAG', policy_kind, null, null, null, null from ${OWN}.own_tag_policies`,
  `create view "SNOWFLAKE"."ACCOUNT_USAGE"."TAG_REFERENCES" as
select '${DATABASE}' as tag_database, 'PUBLIC' as tag_schema, tag_name, '${DATABASE}' as object_database,
  case when level in ('TABLE', 'COLUMN') then schema_name end as object_schema,
  case level when 'DATABASE' then '${DATABASE}' when 'SCHEMA' then schema_name else object_name end as object_name,
  null::timestamptz as object_deleted, level as domain, column_name, 'set' as tag_value
from ${OWN}.own_tags`,
  `create macro "PUBLIC".policy_references(ref_entity_name := '', ref_entity_domain := '') as table
select o.policy_kind, o.column_name as ref_column_name, null as tag_name from ${OWN}.own_policies as o where ${NAMED('ref_entity_name')}
  and o.object_name not in (select u.object_name from ${OWN}.own_unseen as u where unseen_by = 'FUNCTIONS')
union all
select p.policy_kind, t.column_name, t.tag_name
from ${OBJECTS} as o, ${OWN}.own_tags as t, ${OWN}.own_tag_policies as p
where ${NAMED('ref_entity_name')} and (${HOLDING}) and p.tag_name = t.tag_name`,
  `create macro "PUBLIC".tag_references(object_name_, object_domain_) as table
select t.tag_name, t.level from ${OBJECTS} as o, ${OWN}.own_tags as t
where ${NAMED('object_name_')} and (${HOLDING}) and t.level <> 'COLUMN'`,
  `create macro "PUBLIC".tag_references_all_columns(object_name_, object_domain_) as table
select t.tag_name, t.level, coalesce(t.column_name, 'EACH') as column_name from ${OBJECTS} as o, ${OWN}.own_tags as t
where ${NAMED('object_name_')} and (${HOLDING})`,
  `create macro "PUBLIC".get_ddl(object_kind, object_name_) as (
select 'create or replace view' || coalesce(max(' with row access policy #unknown_policy with tag (#UNKNOWN_TAG=''#UNKNOWN_VALUE'')'), '')
from (select schema_name, object_name from ${OWN}.own_policies union all select schema_name, object_name from ${OWN}.own_tags) as o
where ${NAMED('object_name_')} and object_name in (select u.object_name from ${OWN}.own_unseen as u where unseen_by = 'FUNCTIONS'))`,
];

/** What an object made anew under an old name does not have: COPY GRANTS copies grants. */
export async function forgetPolicies(
  connection: DuckDBConnection,
  { schema, name }: { readonly schema: string; readonly name: string },
): Promise<void> {
  for (const table of ['own_policies', 'own_tags']) {
    await connection.run(
      `delete from ${OWN}.${table} where schema_name = '${schema}' and object_name = '${name}'`,
    );
  }
}

/** The entity whose policies a statement asks for; only its owner is told. */
export function policiesAskedOf(sql: string): string | undefined {
  return /\bPOLICY_REFERENCES\(REF_ENTITY_NAME => '((?:[^']|'')*)'/.exec(sql)?.[1];
}

export async function ownerOf(
  connection: DuckDBConnection,
  { schema, name }: { readonly schema: string; readonly name: string },
): Promise<string | undefined> {
  const found = await connection.runAndReadAll(
    `select owner from ${OWN}.own_owners where schema_name = '${schema}' and object_name = '${name}'`,
  );
  const [row] = found.getRows();
  return row === undefined ? undefined : String(row[0]);
}
