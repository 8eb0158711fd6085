import { DuckDBInstance } from '@duckdb/node-api';

/** What stands for the service's storage: one DuckDB in memory, with INFORMATION_SCHEMA as far as a connector asks it. */
export async function openBigqueryWorld(project: string): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  for (const sql of SCHEMA(project)) {
    await connection.run(sql);
  }
  connection.closeSync();
  return instance;
}

const TYPE = `case
    when data_type in ('BIGINT', 'INTEGER', 'SMALLINT', 'TINYINT', 'HUGEINT') then 'INT64'
    when data_type = 'VARCHAR' then 'STRING'
    when data_type in ('DOUBLE', 'FLOAT') then 'FLOAT64'
    when data_type = 'BOOLEAN' then 'BOOL'
    when data_type = 'TIMESTAMP' then 'DATETIME'
    when data_type = 'TIMESTAMP WITH TIME ZONE' then 'TIMESTAMP'
    when data_type like 'DECIMAL%' then replace(data_type, 'DECIMAL', 'NUMERIC')
    else data_type end`;

const PEOPLES = "schema_name not in ('bq_info', 'results', 'kept', 'main') and not internal";

/** The columns of JOBS that a connector reads. */
const JOBS = `create table bq_info.jobs (
  creation_time timestamptz, project_id varchar, user_email varchar, job_id varchar, job_type varchar, statement_type varchar,
  start_time timestamptz, end_time timestamptz, query varchar, state varchar, reservation_id varchar, edition varchar,
  total_bytes_processed bigint, total_bytes_billed bigint, total_slot_ms bigint, cache_hit boolean,
  error_result struct(reason varchar, location varchar, debug_info varchar, message varchar),
  labels struct("key" varchar, "value" varchar)[], parent_job_id varchar,
  query_info struct(query_hashes struct(normalized_literals varchar)),
  destination_table struct(project_id varchar, dataset_id varchar, table_id varchar),
  materialized_view_statistics struct(materialized_view struct(
    table_reference struct(project_id varchar, dataset_id varchar, table_id varchar), chosen boolean, rejected_reason varchar)[])
)`;

const MADE = "timestamptz '2026-01-01 00:00:00+00'";

const OPTIONS = (
  name: string,
) => `(select string_agg(d.option_name || '=' || d.option_value, ', ' order by d.option_name)
    from bq_info.recorded_options as d where d.table_schema = t.schema_name and d.table_name = ${name})`;

const SCHEMA = (project: string): readonly string[] => [
  "set timezone = 'UTC'",
  'create schema bq_info',
  'create schema results',
  'create macro farm_fingerprint(x) as (hash(x) >> 1)::bigint',
  `create macro labels_told(labels, left_out) as nullif(array_to_string(list_transform(list_sort(
  list_filter(labels, lambda l: not regexp_matches(l."key", left_out))), lambda l: concat(l."key", '=', l."value")), ','), '')`,
  'create macro has_label(labels, name) as len(list_filter(labels, lambda l: l."key" = name)) > 0',
  'create table bq_info.recorded_options (table_schema varchar, table_name varchar, option_name varchar, option_value varchar)',
  'create table bq_info.recorded_views (table_schema varchar, table_name varchar, view_definition varchar, primary key (table_schema, table_name))',
  'create table bq_info.recorded_columns (table_schema varchar, table_name varchar, column_name varchar, description varchar)',
  'create table bq_info.recorded_policies (table_schema varchar, table_name varchar, column_name varchar, policy_tag varchar)',
  'create table bq_info.recorded_data_policies (table_schema varchar, table_name varchar, column_name varchar, data_policy varchar)',
  "create table bq_info.edition as select 'ENTERPRISE' as name",
  'create schema kept',
  'create sequence bq_info.makings',
  'create table bq_info.recorded_materialized (table_schema varchar, table_name varchar, query varchar, definition varchar, made bigint)',
  'create table bq_info.recorded_makings (table_schema varchar, table_name varchar, made bigint)',
  'create schema shop',
  'create macro shop.custom(x) as x + 1',
  'create schema ml',
  'create macro ml.predict(x, y) as x',
  JOBS,
  'create view bq_info.jobs_by_project as select * from bq_info.jobs',
  `create view bq_info.schemata as select '${project}' as catalog_name, schema_name, 'EU' as location
from duckdb_schemas() where database_name = current_database() and ${PEOPLES}`,
  `create view bq_info.tables as
select '${project}' as table_catalog, t.schema_name as table_schema, t.table_name, 'BASE TABLE' as table_type,
  ${MADE} + coalesce((select max(k.made) from bq_info.recorded_makings as k
    where k.table_schema = t.schema_name and k.table_name = t.table_name), 0) * interval 1 millisecond as creation_time, concat(t.sql, ${OPTIONS('t.table_name')}) as ddl
from duckdb_tables() as t where ${PEOPLES}
union all
select '${project}', t.schema_name, t.view_name, case when m.made is null then 'VIEW' else 'MATERIALIZED VIEW' end,
  ${MADE} + coalesce(m.made, 0) * interval 1 millisecond,
  case when m.made is null then concat(t.sql, ${OPTIONS('t.view_name')}, r.view_definition) else 'CREATE MATERIALIZED VIEW \`${project}.' || t.schema_name || '.' || t.view_name || '\` OPTIONS(' || (
    select string_agg(o.option_name || '=' || o.option_value, ', ' order by o.option_name) from bq_info.recorded_options as o
    where o.table_schema = t.schema_name and o.table_name = t.view_name) || ') AS ' || m.definition end
from duckdb_views() as t left join bq_info.recorded_views as r on r.table_schema = t.schema_name and r.table_name = t.view_name
left join bq_info.recorded_materialized as m on m.table_schema = t.schema_name and m.table_name = t.view_name
where ${PEOPLES}`,
  `create view bq_info.columns as
select '${project}' as table_catalog, schema_name as table_schema, table_name, column_name, column_index as ordinal_position,
  case when is_nullable then 'YES' else 'NO' end as is_nullable, ${TYPE} as data_type, 'NO' as is_hidden
from duckdb_columns() where ${PEOPLES}`,
  `create view bq_info.column_field_paths as
select c.table_catalog, c.table_schema, c.table_name, c.column_name, c.column_name as field_path, c.data_type,
  (select any_value(d.description) from bq_info.recorded_columns as d
    where d.table_schema = c.table_schema and d.table_name = c.table_name and d.column_name = c.column_name) as description,
  coalesce((select list(p.policy_tag) from bq_info.recorded_policies as p
    where p.table_schema = c.table_schema and p.table_name = c.table_name and p.column_name = c.column_name), []) as policy_tags,
  coalesce((select list({'name': p.data_policy}) from bq_info.recorded_data_policies as p
    where p.table_schema = c.table_schema and p.table_name = c.table_name and p.column_name = c.column_name), []) as data_policies
from bq_info.columns as c`,
  `create view bq_info.views as
select '${project}' as table_catalog, v.schema_name as table_schema, v.view_name as table_name, r.view_definition, 'YES' as use_standard_sql
from duckdb_views() as v join bq_info.recorded_views as r on r.table_schema = v.schema_name and r.table_name = v.view_name
where ${PEOPLES}`,
  `create view bq_info.table_options as
select '${project}' as table_catalog, table_schema, table_name, option_name, option_value from bq_info.recorded_options`,
  `create view bq_info.table_storage as
select '${project}' as project_id, '${project}' as table_catalog, schema_name as table_schema, table_name, estimated_size as total_rows,
  estimated_size * column_count * 8 as total_logical_bytes, false as deleted from duckdb_tables() where ${PEOPLES}`,
  `create view bq_info.partitions as
select schema_name as table_schema, table_name, '__UNPARTITIONED__' as partition_id from duckdb_tables() where ${PEOPLES}`,
  `create view bq_info.table_constraints as
select '${project}' as table_catalog, schema_name as table_schema, table_name, constraint_name, constraint_type, 'NO' as enforced
from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')`,
  `create view bq_info.key_column_usage as
select schema_name as table_schema, table_name, constraint_name, unnest(constraint_column_names) as column_name,
  generate_subscripts(constraint_column_names, 1) as ordinal_position,
  generate_subscripts(constraint_column_names, 1) as position_in_unique_constraint
from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')`,
  `create view bq_info.constraint_column_usage as
select schema_name as table_schema, schema_name as referenced_schema, coalesce(referenced_table, table_name) as table_name, constraint_name,
  unnest(case when constraint_type = 'FOREIGN KEY' then referenced_column_names else constraint_column_names end) as column_name
from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')`,
  'create table bq_info.object_privileges (object_schema varchar, object_name varchar, privilege_type varchar, grantee varchar)',
];
