import type { DialectName } from '../../sql/dialect.ts';
import type { Reader } from '../reader.ts';
import { readStatements } from './read-statements.ts';

/**
 * The grammar that reads each dialect. DuneSQL and Trino have none of their own; the generic one
 * cuts strings and quotes the same way.
 */
const GRAMMARS = {
  duckdb: 'duckdb',
  postgres: 'postgresql',
  snowflake: 'snowflake',
  bigquery: 'bigquery',
  databricks: 'databricks',
  spark: 'spark',
  redshift: 'redshift',
  trino: 'generic',
  mysql: 'mysql',
  generic: 'generic',
} as const satisfies Record<DialectName, string>;

/** Loads sqlparser-rs (3.5 MB of WebAssembly, some 65 ms). A trap leaves the instance dead for good. */
export async function openSqlparser(): Promise<Reader> {
  const { init, Parser } = await import('@guanmingchiu/sqlparser-ts');
  await init();
  return {
    read: (sql, dialect) => readStatements(Parser.parse(sql, GRAMMARS[dialect]), dialect),
  };
}
