import type { SkipRule } from '../skip-rule.ts';

const METADATA_VERBS = new Set(['show', 'describe', 'desc', 'list', 'ls']);

/** Cheap, on the normal form: most statements have none of these words. */
const CATALOG_HINT =
  /information_schema|pg_|duckdb_|pragma_|sqlite_|svv_|stv_|stl_|account_usage|system\./i;
const CATALOG_CALL = /\b(duckdb_\w+|pragma_\w+|pg_\w+|show_tables)\s?\(/i;
const CATALOG_NAME =
  /(^|\.)(information_schema|pg_catalog|account_usage)\.|^(pg_\w+|sqlite_(master|schema)|svv_\w+|stv_\w+|stl_\w+|duckdb_\w+)$|^system\./i;

/** Whether a normal form has any word of a catalog. */
export function mayNameCatalog(normalForm: string): boolean {
  return CATALOG_HINT.test(normalForm);
}

/** SHOW, DESCRIBE, EXPLAIN, and queries that read nothing but the catalog. */
export const metadataQueries: SkipRule = {
  id: 'metadata-queries',

  skips({ statementClass, normalForm, mayNameCatalog: mayName, tables }) {
    const { kind, verb } = statementClass;
    if (kind === 'explain' || METADATA_VERBS.has(verb)) {
      return true;
    }
    if (kind !== 'query' || !mayName()) {
      return false;
    }
    const named = tables();
    return named.length === 0
      ? CATALOG_CALL.test(normalForm())
      : named.every((name) => CATALOG_NAME.test(name));
  },
};
