/**
 * The columns of Unity Catalog's information schema that Goldsmith asks for, as its documentation names them. Spark has no such
 * schema: empty views stand for it, so that its analyser reads every statement over them.
 */
const COLUMNS: Readonly<Record<string, string>> = {
  tables:
    'table_catalog table_schema table_name table_type table_owner comment data_source_format created last_altered',
  views: 'table_catalog table_schema table_name view_definition',
  columns:
    'table_catalog table_schema table_name column_name full_data_type is_nullable comment ordinal_position',
  schemata: 'catalog_name schema_name schema_owner',
  catalog_privileges: 'grantee catalog_name privilege_type',
  schema_privileges: 'grantee catalog_name schema_name privilege_type',
  table_privileges:
    'grantee table_catalog table_schema table_name privilege_type is_grantable inherited_from',
  row_filters: 'catalog_name schema_name table_name filter_name',
  column_masks: 'catalog_name schema_name table_name column_name mask_name',
  table_tags: 'catalog_name schema_name table_name tag_name tag_value',
  column_tags: 'catalog_name schema_name table_name column_name tag_name tag_value',
  abac_policy_definitions: 'policy_name policy_type catalog_name schema_name securable_name',
  table_constraints:
    'table_catalog table_schema table_name constraint_schema constraint_name constraint_type',
  key_column_usage:
    'table_catalog table_schema table_name column_name constraint_schema constraint_name ordinal_position position_in_unique_constraint',
  referential_constraints:
    'constraint_schema constraint_name unique_constraint_schema unique_constraint_name',
};

/** A statement for each view. */
export function informationSchema(): readonly string[] {
  return Object.entries(COLUMNS).map(([view, names]) => {
    const columns = names.split(' ').map((name) => `cast(null as ${typeOf(name)}) as ${name}`);
    return `create or replace view information_schema.${view} as select ${columns.join(', ')} where 1 = 0`;
  });
}

function typeOf(name: string): string {
  if (/position/.test(name)) {
    return 'int';
  }
  return /^(created|last_altered)$/.test(name) ? 'timestamp' : 'string';
}
