import type { Dialect, DialectName } from './dialect.ts';
import { bigquery } from './dialects/bigquery.ts';
import { databricks } from './dialects/databricks.ts';
import { duckdb } from './dialects/duckdb.ts';
import { generic } from './dialects/generic.ts';
import { mysql } from './dialects/mysql.ts';
import { postgres } from './dialects/postgres.ts';
import { redshift } from './dialects/redshift.ts';
import { snowflake } from './dialects/snowflake.ts';
import { spark } from './dialects/spark.ts';
import { trino } from './dialects/trino.ts';

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  duckdb,
  postgres,
  snowflake,
  bigquery,
  databricks,
  spark,
  redshift,
  trino,
  mysql,
  generic,
};

/** Other names people and tools give to the SQLs we read, lower case, without `-`, `_` and blanks. */
const ALIASES: ReadonlyMap<string, DialectName> = new Map([
  ['duck', 'duckdb'],
  ['motherduck', 'duckdb'],
  ['pg', 'postgres'],
  ['postgresql', 'postgres'],
  ['psql', 'postgres'],
  ['greenplum', 'postgres'],
  ['materialize', 'postgres'],
  ['risingwave', 'postgres'],
  ['cockroachdb', 'postgres'],
  ['bq', 'bigquery'],
  ['googlesql', 'bigquery'],
  ['zetasql', 'bigquery'],
  ['sparksql', 'spark'],
  ['spark2', 'spark'],
  ['spark3', 'spark'],
  ['hive', 'spark'],
  ['hiveql', 'spark'],
  ['delta', 'databricks'],
  ['presto', 'trino'],
  ['prestodb', 'trino'],
  ['prestosql', 'trino'],
  ['athena', 'trino'],
  ['dune', 'trino'],
  ['mariadb', 'mysql'],
  ['starrocks', 'mysql'],
  ['doris', 'mysql'],
  ['singlestore', 'mysql'],
  ['tidb', 'mysql'],
]);

/** The dialect of that name or alias, in any case; `generic` for names nobody knows. */
export function dialectOf(name: string): Dialect {
  const key = name.toLowerCase().replaceAll(/[\s_-]/g, '');
  const known = ALIASES.get(key) ?? key;
  return Object.hasOwn(DIALECTS, known) ? DIALECTS[known as DialectName] : generic;
}

/** Dialects that quote as ANSI does, widest grammar first after the generic one: for texts told to be ANSI-quoted. */
export const ANSI_QUOTED: readonly Dialect[] = [generic, DIALECTS.duckdb, DIALECTS.postgres];
