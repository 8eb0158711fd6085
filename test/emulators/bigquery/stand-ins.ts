/**
 * What the emulator has not of INFORMATION_SCHEMA, and the tables of a dataset, as tables of the columns the service's documentation names, as far as Goldsmith
 * asks for them: so the analyser knows every name and type in our statements.
 */
export const STAND_INS: readonly string[] = [
  'create table info.of_SCHEMATA (catalog_name string, schema_name string, location string)',
  'create table info.of_TABLES (table_catalog string, table_schema string, table_name string, table_type string, creation_time timestamp, ddl string)',
  `create table info.of_COLUMNS (table_catalog string, table_schema string, table_name string, column_name string, ordinal_position int64,
  is_nullable string, data_type string, is_hidden string)`,
  `create table info.of_COLUMN_FIELD_PATHS (table_catalog string, table_schema string, table_name string, column_name string,
  field_path string, data_type string, description string, policy_tags array<string>)`,
  'create table info.of_VIEWS (table_catalog string, table_schema string, table_name string, view_definition string, use_standard_sql string)',
  `create table info.of_TABLE_OPTIONS (table_catalog string, table_schema string, table_name string, option_name string, option_type string,
  option_value string)`,
  `create table info.of_TABLE_STORAGE (project_id string, table_schema string, table_name string, total_rows int64,
  total_logical_bytes int64, deleted bool)`,
  'create table info.of_OBJECT_PRIVILEGES (object_schema string, object_name string, privilege_type string, grantee string)',
  `create table info.of_TABLE_CONSTRAINTS (table_catalog string, table_schema string, table_name string, constraint_name string,
  constraint_type string)`,
  `create table info.of_KEY_COLUMN_USAGE (table_schema string, table_name string, column_name string, constraint_name string,
  ordinal_position int64, position_in_unique_constraint int64)`,
  'create table info.of_CONSTRAINT_COLUMN_USAGE (table_schema string, table_name string, column_name string, constraint_name string)',
  'create table info.of_PARTITIONS (table_catalog string, table_schema string, table_name string, partition_id string)',
  'create table info.of___TABLES__ (project_id string, dataset_id string, table_id string, creation_time int64, last_modified_time int64, type int64)',
  `create table info.of_JOBS (creation_time timestamp, start_time timestamp, end_time timestamp, job_id string, job_type string,
  statement_type string, state string, user_email string, query string, cache_hit bool, reservation_id string, edition string,
  total_bytes_processed int64, total_bytes_billed int64, total_slot_ms int64, error_result struct<reason string>,
  labels array<struct<key string, value string>>, query_info struct<query_hashes struct<normalized_literals string>>,
  materialized_view_statistics struct<materialized_view array<struct<table_reference struct<dataset_id string, table_id string>, chosen bool>>>)`,
];

const REGION_VIEW = /`[^`]+`\.`region-[^`]+`\.INFORMATION_SCHEMA\./g;
const DATASET_VIEW = /`[^`]+`\.`[^`]+`\.INFORMATION_SCHEMA\./g;

const TABLES = /(?:`[^`]+`\.)+__TABLES__/g;

const REPLACED_VIEW = /create or replace view `([^`]+)`\.`([^`]+)`/;
/** `(`name` options (...), ...)` behind a view's name; texts in it may hold anything but an unescaped quote. */
const VIEW_COLUMNS =
  /(create view (?:`[^`]+`\.)+`[^`]+`|create view `[^`]+`) \((?:`[^`]+`(?: options \(description = '(?:[^'\\]|\\.)*'\))?(?:, )?)+\)/;

export interface Understood {
  readonly sql: string;
  /** A view that has to be taken away first: it knows no replacing of one that is there. */
  readonly replaced?: { readonly dataset: string; readonly name: string };
}

/** The statement with those tables in the place of the views, and without what the emulator's analyser has switched off. */
export function withStandIns(sql: string): Understood {
  const [, dataset, name] = REPLACED_VIEW.exec(sql) ?? [];
  const asked = sql
    .replaceAll(REGION_VIEW, '`info`.of_')
    .replaceAll(DATASET_VIEW, '`info`.of_')
    .replaceAll(TABLES, '`info`.of___TABLES__')
    .replace('create or replace view', 'create view')
    .replace(VIEW_COLUMNS, '$1');
  return dataset === undefined || name === undefined
    ? { sql: asked }
    : { sql: asked, replaced: { dataset, name } };
}
