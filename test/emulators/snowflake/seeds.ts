import { DAY_MS } from '../../../src/base/clock.ts';
import { OUR_TAG } from '../../../src/connectors/snowflake/query-tag.ts';

/** The moment our clock is turned to. */
export const NOW = Date.UTC(2026, 10, 20, 12, 30);

export type Seeded = Readonly<Record<string, string | number | boolean | null>>;

/** One insert of rows by the names of their columns. */
export function seeding(view: string, rows: readonly Seeded[]): string {
  const names = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => `(${names.map((name) => literal(row[name])).join(', ')})`);
  return `insert into ${view} (${names.join(', ')}) values ${values.join(',\n')}`;
}

function literal(value: Seeded[string] | undefined): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? null);
}

/** Credits of runs are told nine hours after their hour: that of these has been. */
const MINUTES_AGO = 650;

const run = (id: string, changes: Seeded = {}): Seeded => ({
  query_id: id,
  query_text: 'select 1 from sales.orders',
  database_name: 'SHOP',
  schema_name: 'PUBLIC',
  query_type: 'SELECT',
  session_id: 1,
  user_name: 'ANA',
  role_name: 'ANALYST',
  warehouse_name: 'WH',
  warehouse_size: 'Medium',
  query_tag: '',
  execution_status: 'success',
  error_code: null,
  start_time: moment(MINUTES_AGO + 1),
  end_time: moment(MINUTES_AGO),
  total_elapsed_time: 2500,
  execution_time: 2000,
  bytes_scanned: 1000,
  query_load_percent: 50,
  rows_produced: 10,
  query_parameterized_hash: 'h1',
  query_parameterized_hash_version: 1,
  is_client_generated_statement: false,
  ...changes,
});

/** Two runs of Ana's by Tableau; one of Ben's; one that was cancelled, one from the cache, and one of ours. */
export const RUNS: readonly Seeded[] = [
  run('a'),
  run('b'),
  run('c', { user_name: 'BEN', session_id: 2 }),
  run('d', { execution_status: 'fail', error_code: '000604' }),
  run('e', { warehouse_size: null, bytes_scanned: 0 }),
  run('ours', { query_tag: `${OUR_TAG}}` }),
];

export const SESSIONS: readonly Seeded[] = [
  {
    session_id: 1,
    created_on: moment(700),
    client_application_id: 'JDBC 3.1',
    client_environment: '{"APPLICATION":"Tableau"}',
  },
  {
    session_id: 2,
    created_on: moment(700),
    client_application_id: 'PythonConnector 3.1.0',
    client_environment: 'none',
  },
];

/** Of `b` nothing was attributed: its work stands for it. The last two refreshed a dynamic table. */
export const ATTRIBUTED: readonly Seeded[] = [
  { query_id: 'a', credits_attributed_compute: 0.5, credits_used_query_acceleration: 0.25 },
  { query_id: 'c', credits_attributed_compute: 2, credits_used_query_acceleration: null },
  { query_id: 'r1', credits_attributed_compute: 0.125, credits_used_query_acceleration: null },
  { query_id: 'r2', credits_attributed_compute: 8, credits_used_query_acceleration: null },
].map((row, at) => ({
  ...row,
  warehouse_name: at < 2 ? 'WH' : 'OTHER',
  start_time: moment(MINUTES_AGO + 1),
  end_time: moment(MINUTES_AGO),
}));

/** Of yesterday by the real clock, which the account goes by where it is asked for the newest. */
export const RATES: readonly Seeded[] = [
  ['compute', 'warehouse_metering', 2.5],
  ['storage', 'storage', 23],
].map(([rating = '', service = '', rate = 0]) => ({
  date: new Date(Date.now() - DAY_MS).toISOString().slice(0, 10),
  account_locator: 'TEST',
  rating_type: rating,
  service_type: service,
  currency: 'USD',
  effective_rate: rate,
  billing_type: 'CONSUMPTION',
  is_adjustment: false,
}));

/** Of the day before yesterday by the real clock: half of it idle. */
export const METERED: readonly Seeded[] = [
  {
    start_time: new Date(Date.now() - 2 * DAY_MS).toISOString(),
    end_time: new Date(Date.now() - 2 * DAY_MS + 3_600_000).toISOString(),
    warehouse_name: 'WH',
    credits_used_compute: 4,
    credits_attributed_compute_queries: 2,
  },
];

/** Of a materialized view. */
export const KEPT: readonly Seeded[] = [0.25, 0.5].map((credits) => ({
  start_time: moment(200),
  end_time: moment(140),
  credits_used: credits,
  database_name: 'KINDS',
  schema_name: 'GOLD_DATA',
  table_name: 'KEPT',
}));

/** Of a dynamic table: the first by itself, the second by a statement. */
export const REFRESHED: readonly Seeded[] = ['SCHEDULED', 'MANUAL'].map((trigger, at) => ({
  name: 'LAGGING',
  schema_name: 'GOLD_DATA',
  database_name: 'KINDS',
  query_id: `r${at + 1}`,
  refresh_trigger: trigger,
  refresh_start_time: moment(MINUTES_AGO),
  refresh_end_time: moment(MINUTES_AGO - 1),
}));

function moment(minutesAgo: number): string {
  return new Date(NOW - minutesAgo * 60_000).toISOString();
}
