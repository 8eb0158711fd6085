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
  /** How the warehouse's history tells moments: what it is asked for must be compared with them as they lie there. */
  readonly moment: 'timestamp' | 'timestamptz';
}

const TABLES = 40;
const USERS = 60;
const FACT_COLUMNS = 30;
const QUANTITIES = 11;
const MAKE = { timestamp: 'make_timestamp', timestamptz: 'make_timestamptz' } as const;
/** Kinds of a template: three users, and two texts with other literals. */
const KINDS = 6;
/** Templates of a shard: what is computed on a column of at most 2,048 different texts, DuckDB computes on each once. */
const SHARD = 340;

/**
 * Statements that make a day of history in DuckDB. Each run is a row: its number, its moment, its kind, its outcome, how long it took.
 * One hour is made, and lies there as often as there are hours. Kinds (template, user, text) lie in tables of their own, computed once,
 * by shards of so many templates; a view joins them where the connector's own SQL asks for them. Some templates are far more
 * frequent than others, one run in a hundred failed, one in fifty was answered from a cache.
 */
export function daySql(day: DayToMake): readonly string[] {
  const { anHour, templates, path } = day;
  const shards = Math.ceil(templates / SHARD);
  const all = Array.from({ length: shards }, (_, shard) => shard);
  return [
    `attach '${path}' as day`,
    'create table day.templates (template integer, text varchar)',
    ...parts(templates).map((part) => `insert into day.templates values ${part.join(', ')}`),
    `create table day.an_hour as
select n, template % ${shards} as shard, (template // ${shards} * ${KINDS} + (h >> 12) % ${KINDS})::integer as kind, 100 + (h % 400)::integer as ms,
  (case when (h >> 25) % 100 = 0 then 1 when (h >> 32) % 50 = 0 then 2 else 0 end)::tinyint as outcome
from (
  select n, h, floor(${templates} * pow((h >> 40) % 8000000 / 8000000.0, 2))::bigint as template
  from (select n, (hash(n) >> 1)::bigint as h from range(${anHour}) as r(n))
)
order by shard, n`,
    ...all.flatMap((shard) => shardSql(day, { shard, shards })),
    'drop table day.an_hour',
    `create view day.history as\n${all.map(runsOf).join('\nunion all\n')}`,
  ];
}

function shardSql(
  { anHour, hours, until, moment }: DayToMake,
  { shard, shards }: { readonly shard: number; readonly shards: number },
): readonly string[] {
  const from = (until - hours * HOUR_MS) * 1000;
  const step = (HOUR_MS * 1000) / Math.max(1, anHour);
  return [
    `create table day.kinds_${shard} as
select (t.template // ${shards} * ${KINDS} + k)::integer as kind, 'run-' as prefix, 'h' || t.template as hash, 'user_' || (t.template + k // 2) % ${USERS} as user_name,
  replace(replace(replace(t.text, ':a', (make_timestamp(${from})::date - (hash(t.template, k % 2) % 30)::integer)::varchar),
    ':b', 'region ' || hash(k % 2, t.template) % 1000000), ':n', ((hash(t.template + k % 2) >> 12) % 100)::varchar) as text
from day.templates as t cross join range(${KINDS}) as r(k) where t.template % ${shards} = ${shard}`,
    `create table day.runs_${shard} as\n${Array.from(
      { length: hours },
      (_, hour) =>
        `select ${hour * anHour} + n as n, ${MAKE[moment]}(${from + hour * HOUR_MS * 1000} + floor(n * ${step})::bigint) as end_time, ms, kind, outcome
from day.an_hour where shard = ${shard}`,
    ).join('\nunion all\n')}`,
  ];
}

/** A run's id takes a word from its kind: so an engine looks for many ids at once, and not for one after the other in each row. */
function runsOf(shard: number): string {
  return `select k.prefix || r.n as id, r.end_time, r.end_time - to_milliseconds(r.ms) as start_time, r.ms, r.ms * 2048 as bytes,
  k.hash, k.user_name, r.outcome = 1 as has_failed, r.outcome = 2 as is_cached, k.text
from day.runs_${shard} as r join day.kinds_${shard} as k on k.kind = r.kind`;
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
    moment: 'timestamptz',
    sql: `create view day.query_history as
select id as query_id, text as query_text, 'SHOP' as database_name, 'PUBLIC' as schema_name, 'SELECT' as query_type, user_name, 'ANALYST' as role_name,
  case when is_cached then null else 'BI_WH' end as warehouse_name, case when is_cached then null else 'Medium' end as warehouse_size, '' as query_tag,
  case when has_failed then 'fail' else 'success' end as execution_status, null::varchar as error_code, null::varchar as error_message,
  start_time, end_time, ms as total_elapsed_time, ms as execution_time, case when is_cached then 0 else bytes end as bytes_scanned, 50 as query_load_percent,
  10 as rows_produced, hash as query_parameterized_hash, 1 as query_parameterized_hash_version, false as is_client_generated_statement
from day.history`,
  },
  bigquery: {
    relation: 'day.jobs',
    moment: 'timestamp',
    sql: `create view day.jobs as
select start_time as creation_time, user_name || '@shop.example' as user_email, id as job_id, 'QUERY' as job_type, 'SELECT' as statement_type,
  start_time, end_time, text as query, 'DONE' as state, null::varchar as reservation_id, bytes as total_bytes_processed, bytes as total_bytes_billed, ms * 2 as total_slot_ms,
  is_cached as cache_hit, case when has_failed then {'reason': 'invalidQuery'} end as error_result, []::struct("key" varchar, "value" varchar)[] as labels,
  {'query_hashes': {'normalized_literals': case when is_cached or has_failed then null else hash end}} as query_info
from day.history`,
  },
  databricks: {
    relation: 'day.main.query_history',
    moment: 'timestamp',
    sql: `create view day.query_history as
select id as statement_id, case when has_failed then 'FAILED' else 'FINISHED' end as execution_status,
  {'type': 'WAREHOUSE', 'warehouse_id': 'w1', 'cluster_id': null} as compute, user_name as executed_by, user_name as executed_as, text as statement_text,
  'dashboard' as client_application, ms * 3 as total_task_duration_ms, ms as total_duration_ms, bytes as read_bytes,
  start_time, end_time, is_cached as from_result_cache, map {'team': 'sales'} as query_tags
from day.history`,
  },
} as const;

export type CloudWarehouse = keyof typeof HISTORY_OF;
