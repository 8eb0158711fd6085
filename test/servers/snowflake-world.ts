import { DuckDBInstance } from '@duckdb/node-api';
import { changedAt } from './changes.ts';
import { GRANT_STATEMENTS } from './snowflake-grants.ts';
import { POLICY_STATEMENTS } from './snowflake-policies.ts';

export const DATABASE = 'SHOP';

/** A DuckDB that answers as an account would: its information schema, and the history it shares. */
export async function openSnowflakeWorld(): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const statement of STATEMENTS) {
    await connection.run(statement);
  }
  connection.disconnectSync();
  return instance;
}

const OWN = `schema_name not in ('SNOW_INFORMATION', 'main', 'information_schema', 'pg_catalog') and database_name = '${DATABASE}'`;

const TYPE = `case
  when data_type like 'DECIMAL%' or data_type in ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UBIGINT') then 'NUMBER'
  when data_type in ('DOUBLE', 'FLOAT') then 'FLOAT'
  when data_type = 'TIMESTAMP' then 'TIMESTAMP_NTZ'
  when data_type = 'TIMESTAMP WITH TIME ZONE' then 'TIMESTAMP_LTZ'
  when data_type = 'VARCHAR' then 'TEXT'
  when data_type = 'BLOB' then 'BINARY'
  else data_type
end`;

/** Of the views here, those that are an account's views, too. */
const NOT_KEPT = `(v.schema_name, v.view_name) not in (select (k.schema_name, k.object_name) from "${DATABASE}"."SNOW_INFORMATION".own_materialized as k)`;

const STATEMENTS = [
  `attach ':memory:' as "${DATABASE}"`,
  'attach \':memory:\' as "SNOWFLAKE"',
  "set timezone = 'UTC'",
  `use "${DATABASE}"`,
  'create schema "PUBLIC"',
  'create schema "SNOW_INFORMATION"',
  `create table "SNOW_INFORMATION".own_grants (grantee varchar, privilege varchar, schema_name varchar, object_name varchar)`,
  `create table "SNOW_INFORMATION".own_owners (schema_name varchar, object_name varchar, owner varchar)`,
  `create table "SNOW_INFORMATION".own_views (schema_name varchar, object_name varchar, typed varchar, is_secure boolean)`,
  `create table "SNOW_INFORMATION".own_dynamic (schema_name varchar, object_name varchar, typed varchar, query varchar, scheduling_state varchar, last_state varchar)`,
  `create table "SNOW_INFORMATION".own_edition (name varchar)`,
  `create table "SNOW_INFORMATION".own_uncloned (name varchar)`,
  `create table "SNOW_INFORMATION".own_materialized (schema_name varchar, object_name varchar, typed varchar, query varchar, definition varchar,
  source_schema varchar, source_name varchar, source_state varchar, reason varchar, comment varchar)`,
  `create macro "PUBLIC".dynamic_tables(result_limit := 100) as table select schema_name, object_name as name, scheduling_state, last_state as last_completed_refresh_state
from "${DATABASE}"."SNOW_INFORMATION".own_dynamic limit result_limit`,
  `create view "SNOW_INFORMATION"."TABLES" as
select t.database_name as table_catalog, t.schema_name as table_schema, t.table_name, coalesce(o.owner, 'PEOPLE') as table_owner, 'BASE TABLE' as table_type,
  'NO' as is_transient, t.estimated_size as row_count, t.estimated_size * 100 as bytes, timestamptz '2024-01-01 00:00:00+00' as created,
  ${changedAt('t.sql')} as last_ddl, ${changedAt('t.sql || t.estimated_size')} as last_altered, t.comment, case when d.object_name is null then 'NO' else 'YES' end as is_dynamic
from duckdb_tables() as t left join "${DATABASE}"."SNOW_INFORMATION".own_owners as o on o.schema_name = t.schema_name and o.object_name = t.table_name
left join "${DATABASE}"."SNOW_INFORMATION".own_dynamic as d on d.schema_name = t.schema_name and d.object_name = t.table_name
where t.${OWN}
union all
select v.database_name, v.schema_name, v.view_name, coalesce(o.owner, 'PEOPLE'), 'VIEW', 'NO', null, null, timestamptz '2024-01-01 00:00:00+00', ${changedAt('v.sql')}, ${changedAt('v.sql')}, v.comment, 'NO'
from duckdb_views() as v left join "${DATABASE}"."SNOW_INFORMATION".own_owners as o on o.schema_name = v.schema_name and o.object_name = v.view_name
where v.${OWN} and ${NOT_KEPT}
union all
select '${DATABASE}', m.schema_name, m.object_name, coalesce(o.owner, 'PEOPLE'), 'MATERIALIZED VIEW', 'NO', null, null, timestamptz '2024-01-01 00:00:00+00', ${changedAt('m.typed')}, ${changedAt('m.typed')}, m.comment, 'NO'
from "${DATABASE}"."SNOW_INFORMATION".own_materialized as m left join "${DATABASE}"."SNOW_INFORMATION".own_owners as o on o.schema_name = m.schema_name and o.object_name = m.object_name`,
  `create view "SNOW_INFORMATION"."COLUMNS" as
select database_name as table_catalog, schema_name as table_schema, table_name, column_name, column_index as ordinal_position,
  case when is_nullable then 'YES' else 'NO' end as is_nullable, ${TYPE} as data_type, column_default,
  case when ${TYPE} <> 'NUMBER' then null when data_type like 'DECIMAL%' then numeric_precision else 38 end as numeric_precision,
  case when ${TYPE} <> 'NUMBER' then null when data_type like 'DECIMAL%' then numeric_scale else 0 end as numeric_scale,
  case when data_type = 'VARCHAR' then 16777216 end as character_maximum_length,
  case when data_type like 'TIMESTAMP%' then 9 end as datetime_precision, comment
from duckdb_columns() where ${OWN}`,
  `create view "SNOW_INFORMATION"."VIEWS" as
select v.database_name as table_catalog, v.schema_name as table_schema, v.view_name as table_name, coalesce(o.typed, v.sql) as view_definition,
  case when o.is_secure then 'YES' else 'NO' end as is_secure
from duckdb_views() as v left join "${DATABASE}"."SNOW_INFORMATION".own_views as o on o.schema_name = v.schema_name and o.object_name = v.view_name
where v.${OWN} and ${NOT_KEPT}`,
  `create view "SNOW_INFORMATION"."TABLE_CONSTRAINTS" as
select database_name as table_catalog, schema_name as table_schema, table_name, constraint_name, constraint_type from duckdb_constraints() where ${OWN} and constraint_type in ('PRIMARY KEY', 'FOREIGN KEY', 'UNIQUE')`,
  `create table "SNOW_INFORMATION".own_schema_grants (schema_name varchar, privilege varchar, grantee varchar)`,
  `create table "SNOW_INFORMATION".own_schema_revokes (schema_name varchar, privilege varchar)`,
  `create table "SNOW_INFORMATION".own_members (member varchar, of_role varchar)`,
  `create view "SNOW_INFORMATION".own_schema_shown as
select p.privilege as "privilege", 'ROLE' as "granted_to", 'GOLDSMITH_WRITER' as "grantee_name", s.schema_name
from duckdb_schemas() as s cross join (values ('USAGE'), ('CREATE TABLE'), ('CREATE VIEW'), ('CREATE DYNAMIC TABLE'), ('CREATE MATERIALIZED VIEW')) as p(privilege)
where s.database_name = '${DATABASE}' and (s.schema_name, p.privilege) not in (select (r.schema_name, r.privilege) from "${DATABASE}"."SNOW_INFORMATION".own_schema_revokes as r)
union all
select privilege, 'ROLE', grantee, schema_name from "${DATABASE}"."SNOW_INFORMATION".own_schema_grants`,
  `create view "SNOW_INFORMATION"."FUNCTIONS" as select 'MY_RATE' as function_name`,
  `create view "SNOW_INFORMATION"."SCHEMATA" as select catalog_name, schema_name from information_schema.schemata where ${OWN.replace('database_name', 'catalog_name')}`,
  `create table "SNOW_INFORMATION".own_closed (object_type varchar, object_name varchar)`,
  `create table "SNOW_INFORMATION".own_other_grants (grantee varchar, granted_to varchar, object_catalog varchar, object_schema varchar, object_name varchar,
  object_type varchar, privilege_type varchar, is_grantable varchar)`,
  `create view "SNOW_INFORMATION"."OBJECT_PRIVILEGES" as
select grantee, 'ROLE' as granted_to, '${DATABASE}' as object_catalog, schema_name as object_schema, object_name, 'TABLE' as object_type, privilege as privilege_type, 'NO' as is_grantable
from "${DATABASE}"."SNOW_INFORMATION".own_grants
union all
select owner, 'ROLE', '${DATABASE}', schema_name, object_name, 'TABLE', 'OWNERSHIP', 'NO' from "${DATABASE}"."SNOW_INFORMATION".own_owners
union all
select "grantee_name", "granted_to", '${DATABASE}', null, schema_name, 'SCHEMA', "privilege", 'NO' from "${DATABASE}"."SNOW_INFORMATION".own_schema_shown
union all
select 'PUBLIC', 'ROLE', '${DATABASE}', null, o.object_name, o.object_type, 'USAGE', 'NO'
from (select schema_name as object_name, 'SCHEMA' as object_type from "SNOW_INFORMATION"."SCHEMATA" union all select '${DATABASE}', 'DATABASE') as o
where (o.object_type, o.object_name) not in (select (c.object_type, c.object_name) from "${DATABASE}"."SNOW_INFORMATION".own_closed as c)
union all
select * from "${DATABASE}"."SNOW_INFORMATION".own_other_grants`,
  'create schema "SNOWFLAKE"."ACCOUNT_USAGE"',
  'create schema "SNOWFLAKE"."ORGANIZATION_USAGE"',
  `create table "SNOWFLAKE"."ORGANIZATION_USAGE"."RATE_SHEET_DAILY" (
  "date" date, account_locator varchar, service_type varchar, rating_type varchar, billing_type varchar, is_adjustment boolean,
  currency varchar, effective_rate decimal(38, 2))`,
  `create table "SNOWFLAKE"."ACCOUNT_USAGE"."QUERY_HISTORY" (
  query_id varchar, query_text varchar, database_name varchar, schema_name varchar, query_type varchar, user_name varchar, role_name varchar,
  warehouse_name varchar, warehouse_size varchar, query_tag varchar, execution_status varchar, error_code varchar, error_message varchar,
  start_time timestamptz, end_time timestamptz, total_elapsed_time bigint, execution_time bigint, bytes_scanned bigint,
  partitions_scanned bigint, partitions_total bigint, query_load_percent bigint, rows_produced bigint, query_hash varchar, query_parameterized_hash varchar,
  query_parameterized_hash_version bigint, is_client_generated_statement boolean, session_id bigint)`,
  `create table "SNOWFLAKE"."ACCOUNT_USAGE"."SESSIONS" (
  session_id bigint, created_on timestamptz, user_name varchar, client_application_id varchar, client_environment varchar)`,
  `create table "SNOWFLAKE"."ACCOUNT_USAGE"."QUERY_ATTRIBUTION_HISTORY" (
  query_id varchar, warehouse_name varchar, start_time timestamptz, end_time timestamptz, query_parameterized_hash varchar,
  credits_attributed_compute double, credits_used_query_acceleration double)`,
  `create table "SNOWFLAKE"."ACCOUNT_USAGE"."MATERIALIZED_VIEW_REFRESH_HISTORY" (
  start_time timestamptz, end_time timestamptz, credits_used varchar, table_name varchar, schema_name varchar, database_name varchar)`,
  `create table "SNOWFLAKE"."ACCOUNT_USAGE"."DYNAMIC_TABLE_REFRESH_HISTORY" (
  refresh_start_time timestamptz, refresh_trigger varchar, query_id varchar, name varchar, schema_name varchar, database_name varchar)`,
  `create table "SNOWFLAKE"."ACCOUNT_USAGE"."WAREHOUSE_METERING_HISTORY" (
  start_time timestamptz, end_time timestamptz, warehouse_name varchar, credits_used_compute double, credits_attributed_compute_queries double)`,
  `create table "SNOWFLAKE"."ACCOUNT_USAGE"."OBJECT_DEPENDENCIES" (
  referenced_database varchar, referenced_schema varchar, referenced_object_name varchar, referenced_object_domain varchar,
  referencing_database varchar, referencing_schema varchar, referencing_object_name varchar, referencing_object_domain varchar)`,
  ...POLICY_STATEMENTS,
  ...GRANT_STATEMENTS,
] as const;

/** SHOW PRIMARY, UNIQUE and IMPORTED KEYS: columns as Snowflake names them, one row a column. */
export const SHOWN_KEYS: Readonly<Record<'PRIMARY' | 'UNIQUE' | 'IMPORTED', string>> = {
  PRIMARY: keysOf('PRIMARY KEY'),
  UNIQUE: keysOf('UNIQUE'),
  IMPORTED: `select '${DATABASE}' as "pk_database_name", schema_name as "pk_schema_name", referenced_table as "pk_table_name",
  unnest(referenced_column_names) as "pk_column_name", '${DATABASE}' as "fk_database_name", schema_name as "fk_schema_name", table_name as "fk_table_name",
  unnest(constraint_column_names) as "fk_column_name", unnest(range(1, len(constraint_column_names) + 1)) as "key_sequence", constraint_name as "fk_name"
from duckdb_constraints() where ${OWN} and constraint_type = 'FOREIGN KEY'`,
};

function keysOf(kind: string): string {
  return `select '${DATABASE}' as "database_name", schema_name as "schema_name", table_name as "table_name", unnest(constraint_column_names) as "column_name",
  unnest(range(1, len(constraint_column_names) + 1)) as "key_sequence", constraint_name as "constraint_name"
from duckdb_constraints() where ${OWN} and constraint_type = '${kind}'`;
}
