import { z } from 'zod';
import { duration } from '../base/duration.ts';
import { bigquerySettings } from './bigquery/settings.ts';
import { databricksSettings } from './databricks/settings.ts';
import { postgresSettings } from './postgres/settings.ts';
import { snowflakeHistorySettings, snowflakeSettings } from './snowflake/settings.ts';

/** Which warehouse to stand beside, and how to open it. */
export const warehouseSettings = z.strictObject({
  kind: z
    .enum(['duckdb', 'postgres', 'snowflake', 'bigquery', 'databricks'])
    .default('duckdb')
    .describe(
      'The warehouse. The whole loop runs on each of them; docs/connectors.md tells what each does in its own way.',
    ),
  name: z.string().min(1).default('warehouse').describe('What logs and messages call it.'),
  path: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The DuckDB file the daemon opens and owns (standalone). Leave it out where the application hands over its own instance (embedded).',
    ),
  memoryLimit: z
    .string()
    .regex(
      /^\d+(\.\d+)?\s*(B|[KMGT]i?B)$/i,
      'write a size with its unit, such as `2GiB` or `500MB`',
    )
    .default('2GiB')
    .describe('Most memory the engine may take (standalone); beyond it, it spills to disk.'),
  threads: z.int().min(1).max(1024).default(2).describe('Threads the engine may use (standalone).'),
  connections: z
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe('Statements of Goldsmith in flight at most; each has a connection of its own.'),
  statementTimeout: duration('1h').describe(
    'Most time a statement of Goldsmith may take on `duckdb`, where nothing shorter is asked; it is cancelled then. Servers have a setting of their own.',
  ),
  externalAccess: z
    .boolean()
    .default(false)
    .describe(
      'Lets statements touch files beside the database (standalone). Needed where views read Parquet or CSV files; off, because what is replayed is other people’s SQL.',
    ),
  postgres: postgresSettings
    .optional()
    .describe('How to reach the server, where `kind` is `postgres`.'),
  snowflake: snowflakeSettings
    .optional()
    .describe('How to reach the account, where `kind` is `snowflake`.'),
  databricks: databricksSettings
    .optional()
    .describe('How to reach the SQL warehouse, where `kind` is `databricks`.'),
  bigquery: bigquerySettings
    .optional()
    .describe('Which project it is and who signs in, where `kind` is `bigquery`.'),
});

export type WarehouseSettings = z.infer<typeof warehouseSettings>;

/** Where the statements come from. */
export const historySettings = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('export').describe('An exported history, one statement a record.'),
    path: z
      .string()
      .min(1)
      .describe(
        'A JSONL (also `.gz`), CSV, JSON or Parquet file, a folder of such, or a pattern like `exports/*.jsonl`.',
      ),
    format: z
      .enum(['auto', 'jsonl', 'parquet', 'csv', 'json'])
      .default('auto')
      .describe('`auto` goes by the files’ endings.'),
  }),
  z.strictObject({
    source: z
      .literal('duckdb-log')
      .describe(
        'DuckDB’s own log (QueryLog and Metrics) with file storage, written by the application.',
      ),
    path: z.string().min(1).describe('The folder that holds `duckdb_log_entries.csv`.'),
  }),
  z.strictObject({
    source: z
      .literal('duckdb-live-log')
      .describe('DuckDB’s own log in memory, asked of the running instance (embedded).'),
  }),
  z.strictObject({
    source: z
      .literal('postgres-log')
      .describe(
        'PostgreSQL’s log in JSON (`log_destination = jsonlog`), with statements by `log_min_duration_statement` or auto_explain.',
      ),
    path: z
      .string()
      .min(1)
      .describe('A log file, a folder of such, or a pattern like `pg_log/*.json`; `.gz` too.'),
  }),
  z.strictObject({
    source: z
      .literal('postgres-statements')
      .describe(
        'The counters of pg_stat_statements, asked in each cycle: every statement, without literals, users’ applications or failures.',
      ),
    relation: z
      .string()
      .min(1)
      .default('pg_stat_statements')
      .describe('The view, or a customer’s own view or copy with its columns.'),
  }),
  snowflakeHistorySettings,
  z.strictObject({
    source: z
      .literal('bigquery-jobs')
      .describe('BigQuery’s own record of jobs, read by the closed hour.'),
    relation: z
      .string()
      .min(1)
      .describe(
        'As SQL writes it: INFORMATION_SCHEMA.JOBS of the region, such as `region-eu` in backticks before it, or a customer’s own view or copy with its columns.',
      ),
    hashesTexts: z
      .boolean()
      .default(true)
      .describe(
        'Tells statements apart by what their texts keep of literals (formats, JSON paths, places, counts), which BigQuery’s hash folds, and cached and failed ones, which have no hash, by all of their texts. Reading texts is what costs on very large projects. With `false` the hash alone decides: statements that differ in such a literal only are told as one, under the text of one of them, and those without a hash are only counted.',
      ),
    readsKept: z
      .boolean()
      .default(false)
      .describe(
        'Reads from which materialized views BigQuery answered (materialized_view_statistics, which a copy must have): statements on base tables that it answers from a mart by itself (`decide.nativeShapes`) are then a road to it, seen and credited.',
      ),
    cutAt: z
      .int()
      .min(1)
      .optional()
      .describe('Where a copy cuts texts, in characters: what is as long is not mined.'),
    lookbackDays: z
      .int()
      .min(1)
      .max(180)
      .default(30)
      .describe('How far back the first reading goes; BigQuery keeps 180 days.'),
  }),
  z.strictObject({
    source: z
      .literal('databricks-history')
      .describe(
        'The query history of Databricks: statements of SQL warehouses and serverless compute, by hour.',
      ),
    relation: z
      .string()
      .min(1)
      .default('system.query.history')
      .describe('The system table, or a customer’s own view or copy with its columns.'),
    lookbackDays: z
      .int()
      .min(1)
      .max(365)
      .default(14)
      .describe('How many days the first read goes back.'),
    cutAt: z
      .int()
      .min(1000)
      .default(1_000_000)
      .describe('Statements with as many characters were cut there, and are not mined.'),
  }),
]);

export type HistorySettings = z.infer<typeof historySettings>;
