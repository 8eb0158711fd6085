import { HOUR_MS } from '../src/base/clock.ts';
import { templateText } from './history-generator.ts';

export interface DayToMake {
  /** Statements in an hour. */
  readonly anHour: number;
  readonly hours: number;
  readonly templates: number;
  /** The end of the last hour, in milliseconds. */
  readonly until: number;
  /** A file for the engine to keep the runs in. */
  readonly path: string;
}

const TABLES = 40;
const USERS = 60;
const FACT_COLUMNS = 30;
const QUANTITIES = 11;

/**
 * Statements that make a day of history in DuckDB: of each run its number and moment lie in a table, everything else is computed when
 * it is asked for. A template's literals differ from run to run, some templates are far more frequent than others, one run in a hundred
 * failed, one in fifty was answered from a cache.
 */
export function daySql({ anHour, hours, templates, until, path }: DayToMake): readonly string[] {
  const from = (until - hours * HOUR_MS) * 1000;
  const step = (HOUR_MS * 1000) / Math.max(1, anHour);
  return [
    `attach '${path}' as day`,
    `create table day.runs as select n, make_timestamptz(${from} + floor(n * ${step})::bigint) as end_time from range(${anHour * hours}) as r(n)`,
    'create table day.templates (template integer, text varchar)',
    ...parts(templates).map((part) => `insert into day.templates values ${part.join(', ')}`),
    `create view day.history as
select r.n, r.end_time, make_timestamptz(r.us - r.ms * 1000) as start_time, r.template, r.ms, (r.h >> 9) % 1000000 as bytes,
  'user_' || (r.template + (r.h >> 20) % 3) % ${USERS} as user_name, (r.h >> 25) % 100 = 0 as has_failed, (r.h >> 32) % 50 = 0 as is_cached,
  replace(replace(replace(t.text, ':a', (make_timestamp(r.us)::date - (r.h % 30)::integer)::varchar),
    ':b', 'region ' || r.h % 1000000), ':n', ((r.h >> 12) % 100)::varchar) as text
from (
  select n, end_time, epoch_us(end_time) as us, (hash(n) >> 1)::bigint as h, 100 + h % 400 as ms,
    floor(${templates} * pow((h >> 40) % 8000000 / 8000000.0, 2))::integer as template
  from day.runs
) as r join day.templates as t on t.template = r.template`,
  ];
}

function parts(templates: number): readonly (readonly string[])[] {
  const rows = Array.from(
    { length: templates },
    (_, at) => `(${at}, '${templateText(at).replaceAll("'", "''")}')`,
  );
  return Array.from({ length: Math.ceil(rows.length / 1000) }, (_, at) =>
    rows.slice(at * 1000, (at + 1) * 1000),
  );
}

/** The tables those statements read, small, in the schema `silver` of a database; names as the warehouse stores them. */
export function tablesSql(database: string, stored: (name: string) => string): readonly string[] {
  const name = (table: string) => `${database}"${stored('silver')}"."${stored(table)}"`;
  const columns = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, at) => `i % ${at + 2} as "${stored(`${prefix}${at}`)}"`);
  const fact = [
    `date '2026-01-01' + (i % 60)::integer as "${stored('day')}"`,
    `i % 50 as "${stored('customer_id')}"`,
    ...Array.from({ length: TABLES }, (_, at) => `i % 20 as "${stored(`dim_${at}_id`)}"`),
    ...columns(FACT_COLUMNS, 'amount_'),
    ...columns(QUANTITIES, 'quantity_'),
  ];
  const dim = ['id', 'name', 'region'].map(
    (column) => `${column === 'id' ? 'i' : `'${column} ' || i`} as "${stored(column)}"`,
  );
  return [
    `create schema ${database}"${stored('silver')}"`,
    ...Array.from({ length: TABLES }, (_, at) => [
      `create table ${name(`dim_${at}`)} as select ${dim.join(', ')} from range(20) as t(i)`,
      `create table ${name(`fact_${at}`)} as select ${fact.join(', ')} from range(500) as t(i)`,
    ]).flat(),
  ];
}

/** What each warehouse's own history is called there, and how the day looks through it. */
export const HISTORY_OF = {
  snowflake: {
    relation: 'DAY.MAIN.QUERY_HISTORY',
    sql: `create view day.query_history as
select 'q' || n as query_id, text as query_text, 'SHOP' as database_name, 'PUBLIC' as schema_name, 'SELECT' as query_type, user_name, 'ANALYST' as role_name,
  case when is_cached then null else 'BI_WH' end as warehouse_name, case when is_cached then null else 'Medium' end as warehouse_size, '' as query_tag,
  case when has_failed then 'fail' else 'success' end as execution_status, null::varchar as error_code, null::varchar as error_message,
  start_time, end_time, ms as total_elapsed_time, ms as execution_time, case when is_cached then 0 else bytes end as bytes_scanned, 50 as query_load_percent,
  10 as rows_produced, 'h' || template as query_parameterized_hash, 1 as query_parameterized_hash_version, false as is_client_generated_statement
from day.history`,
  },
  bigquery: {
    relation: 'day.jobs',
    sql: `create view day.jobs as
select start_time as creation_time, user_name || '@shop.example' as user_email, 'job_' || n as job_id, 'QUERY' as job_type, 'SELECT' as statement_type,
  start_time, end_time, text as query, 'DONE' as state, null::varchar as reservation_id, bytes as total_bytes_processed, bytes as total_bytes_billed, ms * 2 as total_slot_ms,
  is_cached as cache_hit, case when has_failed then {'reason': 'invalidQuery'} end as error_result, []::struct("key" varchar, "value" varchar)[] as labels,
  {'query_hashes': {'normalized_literals': case when is_cached or has_failed then null else 'h' || template end}} as query_info
from day.history`,
  },
  databricks: {
    relation: 'day.main.query_history',
    sql: `create view day.query_history as
select 's' || n as statement_id, case when has_failed then 'FAILED' else 'FINISHED' end as execution_status,
  {'type': 'WAREHOUSE', 'warehouse_id': 'w1', 'cluster_id': null} as compute, user_name as executed_by, user_name as executed_as, text as statement_text,
  'dashboard' as client_application, ms * 3 as total_task_duration_ms, ms as total_duration_ms, bytes as read_bytes,
  start_time::timestamp as start_time, end_time::timestamp as end_time, is_cached as from_result_cache, map {'team': 'sales'} as query_tags
from day.history`,
  },
} as const;

export type CloudWarehouse = keyof typeof HISTORY_OF;
