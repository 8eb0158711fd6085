/** Cheap, on the normal form: most statements have none of these words. */
const CATALOG_HINT =
  /information_schema|pg_|duckdb_|pragma_|sqlite_|svv_|stv_|stl_|account_usage|system\./i;

/** Whether a normal form has any word of a catalog. */
export function mayNameCatalog(normalForm: string): boolean {
  return CATALOG_HINT.test(normalForm);
}
