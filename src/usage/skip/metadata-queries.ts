import type { SkipRule } from '../skip-rule.ts';

const METADATA_VERBS = new Set(['show', 'describe', 'desc', 'list', 'ls']);

const CATALOG_CALL = /\b(duckdb_\w+|pragma_\w+|pg_\w+|show_tables)\s?\(/i;
const CATALOG_NAME =
  /(^|\.)(information_schema|pg_catalog|account_usage)\.|^(pg_\w+|sqlite_(master|schema)|svv_\w+|stv_\w+|stl_\w+|duckdb_\w+)$|^system\./i;

/** SHOW, DESCRIBE, EXPLAIN, and queries that read nothing but the catalog. */
export const metadataQueries: SkipRule = {
  id: 'metadata-queries',

  skips({ reading }) {
    const { kind, verb } = reading.statementClass;
    if (kind === 'explain' || METADATA_VERBS.has(verb)) {
      return true;
    }
    if (kind !== 'query' || !reading.mayNameCatalog()) {
      return false;
    }
    const named = reading.tables();
    return named.length === 0
      ? CATALOG_CALL.test(reading.print().normalForm)
      : named.every((name) => CATALOG_NAME.test(name));
  },
};
