import { changedAt } from './changes.ts';

const MADE = "timestamptz '2026-01-01 00:00:00+00'";

/** DuckDB's own catalog told as Unity Catalog tells its information schema, and the system tables Goldsmith reads, empty. */
export function worldOf(catalog: string): readonly string[] {
  const own = `database_name = '${catalog}' and not internal`;
  return [
    `attach ':memory:' as ${catalog}`,
    `attach ':memory:' as lakehouse`,
    ...['default', 'sales', 'gold', 'gold_data', 'goldsmith'].map(
      (schema) => `create schema ${catalog}."${schema}"`,
    ),
    ...['unity', 'query', 'billing', 'access', 'compute'].map(
      (schema) => `create schema lakehouse.${schema}`,
    ),
    'create table lakehouse.unity.owners (name varchar, owner varchar)',
    'create table lakehouse.unity.typed (name varchar, text varchar)',
    'create table lakehouse.unity.materialized (name varchar, text varchar, query varchar)',
    'create table lakehouse.unity.view_properties (name varchar, key varchar, value varchar)',
    // Tables without row tracking, and whether what is made of one stays behind when it fails.
    'create table lakehouse.unity.untracked (name varchar, leaves boolean)',
    // Of what belongs to one of us the other is not told the text; both own what people made.
    `create macro told(whose, words) as case
  when exists (select 1 from lakehouse.unity.owners as o where o.name = whose and o.owner like 'goldsmith-%' and o.owner <> getvariable('user')) then null
  else words end`,
    "create macro replace_all(a, b, c) as regexp_replace(a, b, regexp_replace(c, '\\$(\\d)', '\\\\\\1', 'g'), 'g')",
    'create macro timestamp_ms(a) as make_timestamp(a * 1000)',
    'create macro pmod(a, b) as ((a % b) + b) % b',
    `create view lakehouse.unity.schemata as
select database_name as catalog_name, schema_name, 'people' as schema_owner from duckdb_schemas() where database_name = '${catalog}'`,
    `create view lakehouse.unity.tables as
select database_name as table_catalog, schema_name as table_schema, table_name,
  case when schema_name || '.' || table_name in (select name from lakehouse.unity.materialized) then 'MATERIALIZED_VIEW' else 'MANAGED' end as table_type,
  coalesce((select max(o.owner) from lakehouse.unity.owners as o where o.name = schema_name || '.' || table_name), 'people') as table_owner, comment, 'DELTA' as data_source_format, ${MADE} as created,
  ${changedAt("concat(sql, (select max(m.query) from lakehouse.unity.materialized as m where m.name = schema_name || '.' || table_name))")} as last_altered
from duckdb_tables() where ${own}
union all
select database_name, schema_name, view_name, 'VIEW',
  coalesce((select max(o.owner) from lakehouse.unity.owners as o where o.name = schema_name || '.' || view_name), 'people'), comment, 'UNKNOWN_DATA_SOURCE_FORMAT', ${MADE},
  ${changedAt("concat(sql, (select max(t.text) from lakehouse.unity.typed as t where t.name = schema_name || '.' || view_name))")}
from duckdb_views() where ${own}`,
    `create view lakehouse.unity.columns as
select database_name as table_catalog, schema_name as table_schema, table_name, column_name, column_index as ordinal_position,
  case when is_nullable then 'YES' else 'NO' end as is_nullable, comment,
  case
    when data_type = 'VARCHAR' then 'string' when data_type = 'INTEGER' then 'int'
    when data_type = 'TIMESTAMP' then 'timestamp_ntz' when data_type = 'TIMESTAMP WITH TIME ZONE' then 'timestamp'
    when data_type = 'BLOB' then 'binary' else lower(data_type)
  end as full_data_type
from duckdb_columns() where ${own}`,
    `create view lakehouse.unity.views as
select database_name as table_catalog, schema_name as table_schema, view_name as table_name,
  memory.main.told(schema_name || '.' || view_name, coalesce((select max(t.text) from lakehouse.unity.typed as t where t.name = schema_name || '.' || view_name),
    regexp_replace(rtrim(sql, ';'), '^create view .*? as ', '', 'i'))) as view_definition
from duckdb_views() where ${own}
union all
select '${catalog}', split_part(name, '.', 1), split_part(name, '.', 2), memory.main.told(name, text) from lakehouse.unity.materialized`,
    `create view lakehouse.unity.table_constraints as
select database_name as table_catalog, schema_name as table_schema, table_name, constraint_type,
  database_name as constraint_catalog, schema_name as constraint_schema, constraint_name
from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')`,
    `create view lakehouse.unity.key_column_usage as
select database_name as constraint_catalog, schema_name as constraint_schema, constraint_name,
  database_name as table_catalog, schema_name as table_schema, table_name,
  unnest(constraint_column_names) as column_name, unnest(range(1, len(constraint_column_names) + 1)) as ordinal_position,
  case when constraint_type = 'FOREIGN KEY' then unnest(range(1, len(constraint_column_names) + 1)) end as position_in_unique_constraint
from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')`,
    `create view lakehouse.unity.referential_constraints as
select f.database_name as constraint_catalog, f.schema_name as constraint_schema, f.constraint_name,
  k.database_name as unique_constraint_catalog, k.schema_name as unique_constraint_schema, k.constraint_name as unique_constraint_name
from duckdb_constraints() as f join duckdb_constraints() as k
  on k.database_name = f.database_name and k.schema_name = f.schema_name and k.table_name = f.referenced_table
    and k.constraint_type = 'PRIMARY KEY'
where f.constraint_type = 'FOREIGN KEY'`,
    `create table lakehouse.unity.table_privileges (
  grantor varchar, grantee varchar, table_catalog varchar, table_schema varchar, table_name varchar,
  privilege_type varchar, is_grantable varchar, inherited_from varchar
)`,
    `create table lakehouse.unity.schema_privileges (
  grantor varchar, grantee varchar, catalog_name varchar, schema_name varchar, privilege_type varchar, inherited_from varchar
)`,
    `create table lakehouse.unity.catalog_privileges (
  grantor varchar, grantee varchar, catalog_name varchar, privilege_type varchar, inherited_from varchar
)`,
    // The way to what is granted is open to everybody.
    `insert into lakehouse.unity.catalog_privileges values ('people', 'account users', '${catalog}', 'USE_CATALOG', 'NONE')`,
    `insert into lakehouse.unity.schema_privileges
select 'people', 'account users', '${catalog}', schema_name, 'USE_SCHEMA', 'NONE' from duckdb_schemas() where database_name = '${catalog}'`,
    `create table lakehouse.unity.row_filters (
  catalog_name varchar, schema_name varchar, table_name varchar, filter_catalog varchar, filter_schema varchar, filter_name varchar
)`,
    `create table lakehouse.unity.column_masks (
  catalog_name varchar, schema_name varchar, table_name varchar, column_name varchar, mask_catalog varchar, mask_schema varchar, mask_name varchar
)`,
    `create table lakehouse.unity.abac_policy_definitions (
  policy_name varchar, policy_type varchar, catalog_name varchar, schema_name varchar, securable_name varchar
)`,
    `create table lakehouse.unity.column_tags (
  catalog_name varchar, schema_name varchar, table_name varchar, column_name varchar, tag_name varchar, tag_value varchar
)`,
    `create table lakehouse.unity.table_tags (
  catalog_name varchar, schema_name varchar, table_name varchar, tag_name varchar, tag_value varchar
)`,
    `create table lakehouse.billing.usage (
  sku_name varchar, usage_unit varchar, usage_quantity decimal(38, 9), usage_date date, usage_metadata struct(warehouse_id varchar, dlt_pipeline_id varchar),
  usage_start_time timestamp
)`,
    'create table lakehouse.compute.warehouse_events (warehouse_id varchar, event_type varchar, cluster_count integer, event_time timestamp)',
    `create table lakehouse.billing.list_prices (
  sku_name varchar, usage_unit varchar, currency_code varchar, price_start_time timestamp, price_end_time timestamp,
  pricing struct("default" decimal(38, 9), effective_list struct("default" decimal(38, 9)))
)`,
    `create table lakehouse.access.table_lineage (
  source_table_catalog varchar, source_table_schema varchar, source_table_name varchar, source_type varchar,
  target_table_catalog varchar, target_table_schema varchar, target_table_name varchar, target_type varchar, event_date date
)`,
    `create table lakehouse.query.history (
  workspace_id varchar, statement_id varchar, session_id varchar, execution_status varchar,
  compute struct("type" varchar, warehouse_id varchar, cluster_id varchar),
  executed_by varchar, executed_as varchar, statement_text varchar, statement_type varchar, error_message varchar,
  client_application varchar, total_duration_ms bigint, execution_duration_ms bigint, total_task_duration_ms bigint,
  start_time timestamp, end_time timestamp, update_time timestamp, read_rows bigint, produced_rows bigint, read_bytes bigint,
  from_result_cache boolean, query_tags map(varchar, varchar)
)`,
  ];
}
