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
  duckdb: inOneShape(duckdb),
  postgres: inOneShape(postgres),
  snowflake: inOneShape(snowflake),
  bigquery: inOneShape(bigquery),
  databricks: inOneShape(databricks),
  spark: inOneShape(spark),
  redshift: inOneShape(redshift),
  trino: inOneShape(trino),
  mysql: inOneShape(mysql),
  generic: inOneShape(generic),
};

/**
 * The same fields in the same order for every dialect: what is asked of millions of statements in turn is then one
 * machine instruction, and a search where each dialect is an object of its own kind.
 */
function inOneShape({ name, lexical, names }: Dialect): Dialect {
  return {
    name,
    lexical: {
      identifierQuotes: lexical.identifierQuotes,
      bracketIdentifiers: lexical.bracketIdentifiers,
      stringQuotes: lexical.stringQuotes,
      backslashEscapes: lexical.backslashEscapes,
      dollarQuotes: lexical.dollarQuotes,
      tripleQuotes: lexical.tripleQuotes,
      stringPrefixes: lexical.stringPrefixes,
      nestedComments: lexical.nestedComments,
      hashComments: lexical.hashComments,
      doubleSlashComments: lexical.doubleSlashComments,
      rawKeepsBackslashPairs: lexical.rawKeepsBackslashPairs ?? false,
      numberSuffixes: lexical.numberSuffixes ?? [],
      dollarNames: lexical.dollarNames ?? false,
      dashedNames: lexical.dashedNames ?? false,
    },
    names: {
      unquoted: names.unquoted,
      quotedIsCaseSensitive: names.quotedIsCaseSensitive,
      tablesAreCaseSensitive: names.tablesAreCaseSensitive,
      defaultSchema: names.defaultSchema,
    },
  };
}

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
  return Object.hasOwn(DIALECTS, known) ? DIALECTS[known as DialectName] : DIALECTS.generic;
}

/** Dialects that quote as ANSI does, widest grammar first after the generic one: for texts told to be ANSI-quoted. */
export const ANSI_QUOTED: readonly Dialect[] = [
  DIALECTS.generic,
  DIALECTS.duckdb,
  DIALECTS.postgres,
];
