/**
 * The columns of Snowflake's own views that Goldsmith asks for, as its documentation names and types them; texts where no type is said.
 * fakesnow has none of these views: tables stand for them.
 */
const ACCOUNT_USAGE: Readonly<Record<string, string>> = {
  query_history: `query_id, query_text, database_name, schema_name, query_type, session_id number, user_name, role_name, warehouse_name, warehouse_size,
    query_tag, execution_status, error_code, error_message, start_time timestamp_ltz, end_time timestamp_ltz, total_elapsed_time number,
    execution_time number, bytes_scanned number, partitions_scanned number, partitions_total number, query_load_percent number,
    rows_produced number, query_parameterized_hash, query_parameterized_hash_version number, is_client_generated_statement boolean`,
  query_attribution_history: `query_id, warehouse_name, start_time timestamp_ltz, end_time timestamp_ltz, query_parameterized_hash,
    credits_attributed_compute double, credits_used_query_acceleration double`,
  sessions:
    'session_id number, created_on timestamp_ltz, client_application_id, client_environment',
  policy_references: `policy_name, policy_kind, ref_database_name, ref_schema_name, ref_entity_name, ref_entity_domain, ref_column_name,
    tag_database, tag_schema, tag_name`,
  tag_references: `tag_database, tag_schema, tag_name, tag_value, object_database, object_schema, object_name, object_deleted timestamp_ltz,
    domain, column_name`,
  object_dependencies: `referenced_database, referenced_schema, referenced_object_name, referencing_database, referencing_schema,
    referencing_object_name, referencing_object_domain`,
  warehouse_metering_history:
    'start_time timestamp_ltz, end_time timestamp_ltz, warehouse_name, credits_used_compute double, credits_attributed_compute_queries double',
  materialized_view_refresh_history: `start_time timestamp_ltz, end_time timestamp_ltz, credits_used number(38, 9), database_name, schema_name, table_name`,
  dynamic_table_refresh_history: `name, schema_name, database_name, query_id, refresh_trigger, refresh_start_time timestamp_ltz,
    refresh_end_time timestamp_ltz`,
};

const RATE_SHEET = `date date, account_locator, rating_type, service_type, currency, effective_rate number(38, 9), billing_type, is_adjustment boolean`;

/** Statements that make them in the database `SNOWFLAKE`, by whoever is in it. */
export const STAND_INS: readonly string[] = [
  'create schema if not exists account_usage',
  ...Object.entries(ACCOUNT_USAGE).map(([name, columns]) =>
    madeAs(`account_usage.${name}`, columns),
  ),
  'create schema if not exists organization_usage',
  madeAs('organization_usage.rate_sheet_daily', RATE_SHEET),
];

function madeAs(name: string, columns: string): string {
  const typed = columns
    .replaceAll(/\((\d+), (\d+)\)/g, '($1;$2)')
    .split(',')
    .map((column) => column.trim())
    .map((column) => (column.includes(' ') ? column : `${column} varchar`));
  return `create table ${name} (${typed.join(', ').replaceAll(';', ', ')})`;
}
