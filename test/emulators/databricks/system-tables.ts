/**
 * The account's system tables in an Iceberg catalog named `system`: the columns that Goldsmith asks for, named and typed as
 * documented. Made anew, since a server that runs already may know them from the last time.
 */
const COLUMNS: Readonly<Record<string, string>> = {
  'query.history': `statement_id string, executed_by string, executed_as string, compute struct<type: string, warehouse_id: string>, statement_text string,
  execution_status string, client_application string, start_time timestamp, end_time timestamp, total_task_duration_ms bigint,
  total_duration_ms bigint, read_bytes bigint, from_result_cache boolean, query_tags map<string, string>`,
  'billing.usage': `sku_name string, usage_unit string, usage_quantity decimal(38, 18), usage_metadata struct<warehouse_id: string, dlt_pipeline_id: string>,
  usage_start_time timestamp, usage_end_time timestamp, usage_date date`,
  'billing.list_prices': `sku_name string, currency_code string, usage_unit string, price_start_time timestamp, price_end_time timestamp,
  pricing struct<default: decimal(38, 18), promotional: struct<default: decimal(38, 18)>, effective_list: struct<default: decimal(38, 18)>>`,
  'compute.warehouse_events':
    'warehouse_id string, event_type string, cluster_count int, event_time timestamp',
  'access.table_lineage': `source_table_catalog string, source_table_schema string, source_table_name string, target_table_catalog string,
  target_table_schema string, target_table_name string, target_type string, event_date date`,
};

/** Statements that make them, empty. */
export const SYSTEM_TABLES: readonly string[] = [
  ...[...new Set(Object.keys(COLUMNS).map((table) => table.split('.')[0] ?? ''))].map(
    (schema) => `create schema if not exists system.${schema}`,
  ),
  ...Object.entries(COLUMNS).map(
    ([table, columns]) => `create or replace table system.${table} (${columns}) using iceberg`,
  ),
];
