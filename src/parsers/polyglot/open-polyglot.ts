import type { DialectName } from '../../sql/dialect.ts';
import type { Reader } from '../reader.ts';
import { adapted, GrammarError } from '../reader.ts';
import { readStatements } from './read-statements.ts';

/** Loads polyglot: 23 MB of WebAssembly, some 250 ms; only where the first reader gave up. */
export async function openPolyglot(): Promise<Reader> {
  const { Dialect, parse } = await import('@polyglot-sql/sdk');
  const grammars = {
    duckdb: Dialect.DuckDB,
    postgres: Dialect.PostgreSQL,
    snowflake: Dialect.Snowflake,
    bigquery: Dialect.BigQuery,
    databricks: Dialect.Databricks,
    spark: Dialect.Spark,
    redshift: Dialect.Redshift,
    trino: Dialect.Trino,
    mysql: Dialect.MySQL,
    generic: Dialect.Generic,
  } as const satisfies Record<DialectName, string>;
  return {
    read(sql, dialect) {
      const { success, ast, error } = parse(sql, grammars[dialect]);
      if (!success) {
        throw new GrammarError(String(error ?? 'it refuses without a word'));
      }
      return adapted(() => readStatements(ast, dialect));
    },
  };
}
