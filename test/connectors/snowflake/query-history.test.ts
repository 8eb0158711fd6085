import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openHistory } from '../../../src/connectors/history/open-history.ts';
import {
  type BadHistoryRow,
  type HistoryRow,
  type HistorySource,
  TEXT_UNKNOWN,
} from '../../../src/connectors/history-row.ts';
import { historySettings } from '../../../src/connectors/settings.ts';
import { openQueryHistory } from '../../../src/connectors/snowflake/query-history.ts';
import { historyConformance } from '../../conformance/history-conformance.ts';
import { everyStatementIsMetered } from '../../conformance/metered-history.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const HISTORY = 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY';
const SESSIONS = 'SNOWFLAKE.ACCOUNT_USAGE.SESSIONS';
const ATTRIBUTION = 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_ATTRIBUTION_HISTORY';
/** Half past noon. */
const NOW = Date.UTC(2026, 10, 20, 12, 30);

interface Run {
  readonly id: string;
  readonly text?: string;
  readonly hash?: string | null;
  readonly minutesAgo: number;
  readonly kind?: string;
  readonly status?: string;
  readonly error?: string;
  readonly size?: string | null;
  readonly user?: string;
  readonly tag?: string;
  readonly bytes?: number;
  readonly load?: number;
  readonly session?: number;
}

const OUTCOMES = {
  cached: { size: null, bytes: 0 },
  failed: { status: 'fail', error: 'Division by zero' },
  cancelled: { status: 'fail', error: 'SQL execution canceled' },
} as const;
const KINDS = {
  script: { kind: 'CALL' },
  ours: { tag: '{"app":"goldsmith","purpose":"facts"}' },
} as const;

const byId = (a: readonly unknown[], b: readonly unknown[]) =>
  String(a[0]).localeCompare(String(b[0]));

const runOf = ({ id }: HistoryRow) => id.split('@')[0];

describe('the query history of a Snowflake account', () => {
  let account: SnowflakeAccount;
  let connector: Connector;
  let source: HistorySource;
  let now = NOW;

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open({ writer: undefined });
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });
  beforeEach(() => {
    now = NOW;
    source = aSource();
  });
  afterEach(async () => {
    await account.server.sql(`delete from ${HISTORY}`);
    await account.server.sql(`delete from ${ATTRIBUTION}`);
  });

  function aSource({
    by = connector,
    asOf = () => now,
    sessions,
  }: {
    readonly by?: Connector;
    readonly asOf?: () => number;
    readonly sessions?: string;
  } = {}): HistorySource {
    return openQueryHistory({
      name: 'snowflake-history',
      relation: HISTORY,
      attribution: ATTRIBUTION,
      sessions,
      latencyMs: HOUR_MS,
      lookbackMs: 48 * HOUR_MS,
      cutAt: 100_000,
      connector: by,
      now: asOf,
    });
  }

  async function ran(...runs: readonly Run[]): Promise<void> {
    for (const run of runs) {
      const ended = NOW - run.minutesAgo * 60_000;
      const text = run.text ?? 'select 1 from sales.orders';
      const value = (cell: string | number | null | undefined) =>
        cell === null || cell === undefined ? 'null' : `'${String(cell).replaceAll("'", "''")}'`;
      const cells: Record<string, string> = {
        query_id: value(run.id),
        query_text: text.length > 10_000 ? `repeat('x', ${text.length})` : value(text),
        database_name: "'SHOP'",
        schema_name: "'PUBLIC'",
        query_type: value(run.kind ?? 'SELECT'),
        user_name: value(run.user ?? 'ANA'),
        role_name: "'ANALYST'",
        warehouse_name: run.size === null ? 'null' : "'BI_WH'",
        warehouse_size: run.size === null ? 'null' : value(run.size ?? 'Medium'),
        query_tag: value(run.tag ?? ''),
        execution_status: value(run.status ?? 'success'),
        error_message: value(run.error),
        start_time: `to_timestamp(${(ended - 2000) / 1000})`,
        end_time: `to_timestamp(${ended / 1000})`,
        total_elapsed_time: '2500',
        execution_time: '2000',
        query_load_percent: String(run.load ?? 50),
        bytes_scanned: String(run.bytes ?? 1000),
        rows_produced: '10',
        query_parameterized_hash: run.hash === null ? 'null' : value(run.hash ?? 'h1'),
        query_parameterized_hash_version: '1',
        is_client_generated_statement: 'false',
        session_id: String(run.session ?? 1),
      };
      await account.server.sql(
        `insert into ${HISTORY} (${Object.keys(cells).join(', ')}) values (${Object.values(cells).join(', ')})`,
      );
    }
  }

  async function readOn(position?: string, from = source) {
    const rows: HistoryRow[] = [];
    const bad: BadHistoryRow[] = [];
    let last = position;
    for await (const batch of from.read(position, {})) {
      rows.push(...batch.rows);
      bad.push(...batch.bad);
      last = batch.position;
    }
    return { rows, bad, position: last };
  }
  const textReads = () =>
    account.server.statements.filter(({ sql }) => sql.startsWith('select query_id, query_text'))
      .length;

  historyConformance({
    name: 'a Snowflake account',
    latencyMs: HOUR_MS,
    cutAt: 100_000,
    seed: (runs) =>
      ran(
        ...runs.map(({ text, endedAt, user, hash = text, outcome, kind }) => ({
          id: randomUUID(),
          text,
          minutesAgo: (NOW - endedAt) / 60_000,
          hash: text.length > 1000 ? 'long' : hash,
          ...(user === undefined ? {} : { user }),
          ...(outcome === undefined ? {} : OUTCOMES[outcome]),
          ...(kind === undefined ? {} : KINDS[kind]),
        })),
      ),
    open: (asOf) => aSource({ asOf }),
    textReads,
  });

  it('costs what its statements cost: each is metered, the groups that are streamed, too', async () => {
    await ran({ id: 'a', minutesAgo: 150 });

    await everyStatementIsMetered({
      connector,
      open: (by) => aSource({ by }),
      sent: () => account.server.statements.length,
    });
  });

  it('has each of its questions tried by itself, what costs rest on and what is idle, too', async () => {
    const questions = aSource().questions?.() ?? [];
    const before = account.server.statements.length;
    for (const { ask } of questions) {
      await ask({});
    }
    const sent = account.server.statements.slice(before).map(({ sql }) => sql);

    expect(questions.map(({ kind, otherwise }) => [kind, otherwise]).slice(-3)).toEqual([
      ['read credits that were attributed', 'costs rest on execution times alone without it'],
      ['read the work of each warehouse', undefined],
      ['read credits of warehouses', 'nobody is told how many were idle without it'],
    ]);
    expect(sent).toHaveLength(questions.length);
    expect(sent.slice(-3)).toEqual([
      expect.stringContaining('QUERY_ATTRIBUTION_HISTORY'),
      expect.stringContaining(HISTORY),
      expect.stringContaining('warehouse_metering_history'),
    ]);
  });

  it('is counted by hash and asker in the account; one row stands for its runs', async () => {
    await ran(
      { id: 'a', minutesAgo: 150 },
      { id: 'b', minutesAgo: 140 },
      { id: 'c', minutesAgo: 140, user: 'BEN', tag: '{"app":"dbt","node":"orders"}' },
    );

    const { rows, bad } = await readOn();

    expect(bad).toEqual([]);
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^b@\d+~\w+\.2$/),
        text: 'select 1 from sales.orders',
        endedAt: NOW - 140 * 60_000,
        status: 'success',
        database: 'SHOP',
        schema: 'PUBLIC',
        user: 'ANA',
        role: 'ANALYST',
        runs: 2,
        durationMs: 5000,
        // Two runs of 2 s, half of a warehouse of four credits an hour.
        cpuMs: 8000,
        bytesScanned: 2000,
        rowsReturned: 20,
      },
      expect.objectContaining({
        id: expect.stringMatching(/^c@/),
        user: 'BEN',
        runs: 1,
        tags: { app: 'dbt', node: 'orders' },
      }),
    ]);
  });

  it('mines no text that a customer’s own copy of the history cut', async () => {
    const configured = (changes: object) =>
      openHistory({
        settings: historySettings.parse({
          source: 'snowflake-history',
          relation: HISTORY,
          lookback: '2d',
          ...changes,
        }),
        connector,
        now: () => NOW,
      });
    await ran({ id: 'a', minutesAgo: 100, text: `select '${'x'.repeat(15_992)}` });

    const whole = await readOn(undefined, await configured({}));
    const cut = await readOn(undefined, await configured({ cutAt: 16_000 }));

    expect([whole.rows.length, whole.bad]).toEqual([1, []]);
    expect(cut.rows).toMatchObject([{ text: TEXT_UNKNOWN, runs: 1, user: 'ANA' }]);
    expect(cut.bad.map(({ because }) => because)).toEqual([
      '1 run counts as not understood: the text of statement a was cut, or is empty',
    ]);
  });

  it('tells statements without a hash instead of taking them for one', async () => {
    await ran({ id: 'a', minutesAgo: 100, hash: null }, { id: 'b', minutesAgo: 100, hash: null });

    const { rows, bad } = await readOn();

    expect(rows).toMatchObject([{ text: TEXT_UNKNOWN, runs: 2 }]);
    expect(bad).toEqual([
      {
        where: 'statements that ended in 2026-11-20T10h',
        because: '2 runs count as not understood: they have no hash',
      },
    ]);
  });

  it('sets costs right by the credits the account attributed, once they are complete', async () => {
    // A day in which executions alone would make 10 * 2 s * 50 % * 4 credits an hour.
    await ran(...Array.from({ length: 10 }, (_, n) => ({ id: `x${n}`, minutesAgo: 12 * 60 + n })));
    const would = (10 * 2 * 0.5 * 4) / 3600;
    await account.server.sql(
      `insert into ${ATTRIBUTION} (query_id, warehouse_name, start_time, end_time, credits_attributed_compute, credits_used_query_acceleration)
values ('x0', 'BI_WH', to_timestamp(${NOW / 1000 - 12.1 * 3600}), to_timestamp(${NOW / 1000 - 12 * 3600}), ${would / 2}, null)`,
    );
    await ran({ id: 'a', minutesAgo: 100, hash: 'h2' });

    const { rows } = await readOn();

    expect(rows.find((row) => runOf(row) === 'a')?.cpuMs).toBeCloseTo(2000, 6);
  });

  async function attributed(
    id: string,
    { credits, minutesAgo }: { credits: number; minutesAgo: number },
  ) {
    const ended = (NOW - minutesAgo * 60_000) / 1000;
    await account.server.sql(
      `insert into ${ATTRIBUTION} (query_id, warehouse_name, start_time, end_time, credits_attributed_compute, credits_used_query_acceleration)
values ('${id}', 'BI_WH', to_timestamp(${ended - 2}), to_timestamp(${ended}), ${credits}, null)`,
    );
  }
  const costs = (rows: readonly HistoryRow[]) =>
    rows.map((row) => [runOf(row), row.runs, Math.round(row.cpuMs ?? 0)]).toSorted(byId);

  it('tells client applications where sessions are told, once all of an hour are', async () => {
    const began = `to_timestamp(${NOW / 1000 - 30 * 3600})`;
    await account.server.sql(`insert into ${SESSIONS} values (2, ${began}, 'ANA', 'PythonConnector 3.12.2', '{"APPLICATION":"dbt"}'),
      (3, ${began}, 'ANA', 'Snowflake UI 8.1', '{"BROWSER":"Safari"}'), (4, ${began}, 'ANA', null, 'no json')`);
    await ran({ id: 'a', minutesAgo: 250, session: 2 }, { id: 'b', minutesAgo: 260, session: 3 });
    await ran({ id: 'c', minutesAgo: 270, session: 4 }, { id: 'd', minutesAgo: 255, session: 9 });
    await ran({ id: 'e', minutesAgo: 20 * 60, session: 2 });
    await ran({ id: 'early', minutesAgo: 150, session: 2 });
    await attributed('e', { credits: 0.001, minutesAgo: 20 * 60 });

    const { rows } = await readOn(undefined, aSource({ sessions: SESSIONS }));

    expect(rows.map((row) => [runOf(row), row.client, row.runs]).toSorted(byId)).toEqual([
      ['a', 'dbt', 1],
      ['b', 'Snowflake UI', 1],
      ['d', undefined, 2],
      ['e', 'dbt', 1],
    ]);
    expect(rows.find((row) => runOf(row) === 'e')?.cpuMs).toBeCloseTo(3600, 6);
  });

  it('costs each statement the credits that were attributed to its runs, where they are there when it is read', async () => {
    const minutesAgo = 20 * 60;
    await ran({ id: 'a', minutesAgo }, { id: 'b', minutesAgo: minutesAgo + 5 });
    await ran({ id: 'c', minutesAgo, hash: 'h2', text: 'select 2' });
    await ran({ id: 'short', minutesAgo, hash: 'h3', text: 'select 3' });
    await attributed('a', { credits: 0.002, minutesAgo });
    await attributed('b', { credits: 0.001, minutesAgo: minutesAgo + 5 });
    await attributed('c', { credits: 0.0005, minutesAgo });
    // What none were attributed to costs its time, at the rate its warehouse had that day: 0.0035 credits for 4 * 2 s * 50 % * 4.
    const rate = 0.0035 / ((4 * 2 * 0.5 * 4) / 3600);

    expect(costs((await readOn()).rows)).toEqual([
      ['a', 2, 10_800],
      ['c', 1, 1800],
      ['short', 1, Math.round(4000 * rate)],
    ]);
  });

  it('sets right what it told by an estimate once the credits of each run arrived, once, and as no run', async () => {
    await ran({ id: 'a', minutesAgo: 100 }, { id: 'b', minutesAgo: 105 });
    await ran({ id: 'c', minutesAgo: 100, hash: 'h2', text: 'select 2' });
    const first = await readOn();
    await attributed('a', { credits: 0.004, minutesAgo: 100 });
    await attributed('b', { credits: 0.002, minutesAgo: 105 });
    await attributed('c', { credits: 0.0001, minutesAgo: 100 });
    now += 2 * HOUR_MS;
    const soon = await readOn(first.position);
    now += 24 * HOUR_MS;
    const later = await readOn(soon.position);
    now += 24 * HOUR_MS;
    const last = await readOn(later.position);

    expect(costs(first.rows)).toEqual([
      ['a', 2, 8000],
      ['c', 1, 4000],
    ]);
    expect(soon.rows).toEqual([]);
    expect(costs(later.rows)).toEqual([
      ['a', 0, 21_600 - 8000],
      ['c', 0, 360 - 4000],
    ]);
    expect(later.rows.map(({ corrects, text }) => [corrects, text])).toContainEqual([
      { runs: 1, cpuMs: 4000 },
      'select 2',
    ]);
    expect(later.rows.map(({ id }) => id)).not.toContain(first.rows[0]?.id);
    expect([last.rows, last.bad]).toEqual([[], []]);
  });

  it('sets each hour right in the first cycle after its credits are complete, with the runs that came late to it', async () => {
    await ran({ id: 'a', minutesAgo: 100 }, { id: 'b', minutesAgo: 40 });
    let at = (await readOn()).position;
    const told: (readonly [number, ReturnType<typeof costs>])[] = [];
    for (let hours = 1; hours <= 12; hours += 1) {
      now = NOW + hours * HOUR_MS;
      if (hours === 6) {
        await ran({ id: 'late', minutesAgo: 101 });
        await attributed('a', { credits: 0.002, minutesAgo: 100 });
        await attributed('b', { credits: 0.001, minutesAgo: 40 });
        await attributed('late', { credits: 0.003, minutesAgo: 101 });
      }
      const { rows, bad, position } = await readOn(at);
      at = position;
      expect(bad).toEqual([]);
      told.push(...(rows.length === 0 ? [] : [[hours, costs(rows)] as const]));
    }

    // The hour of `a` was over an hour and a half before, that of `b` half an hour.
    expect(told).toEqual([
      [1, [['b', 1, 4000]]],
      [
        8,
        [
          ['a', 1, 4000],
          ['a', 0, 18_000 - 8000],
        ],
      ],
      [9, [['b', 0, 3600 - 4000]]],
    ]);
  });

  it('says of how many hours the costs stay estimates, and once', async () => {
    await ran({ id: 'a', minutesAgo: 100 }, { id: 'b', minutesAgo: 160 });
    const { hours, ...rest } = JSON.parse((await readOn()).position ?? '') as {
      readonly hours: Readonly<Record<string, { readonly runs: number }>>;
    };
    const forgotten = Object.entries(hours)
      .filter(([, { runs }]) => runs > 0)
      .map(([hour, { runs }]) => [hour, { runs }]);
    now += 10 * HOUR_MS;

    const first = await readOn(
      JSON.stringify({ ...rest, hours: { ...hours, ...Object.fromEntries(forgotten) } }),
    );
    now += HOUR_MS;

    expect(first.bad).toEqual([
      {
        where: 'costs of statements that ended until 2026-11-20T10h',
        because:
          'those of 2 hours stay estimates: what was told of them was forgotten before their costs were complete',
      },
    ]);
    expect(await readOn(first.position)).toMatchObject({ rows: [], bad: [] });
  });

  it('tells in sum what runs cost, where a run comes late and the rate of its warehouse fell since', async () => {
    const runs = (ids: readonly string[]) => ids.map((id) => ({ id, minutesAgo: 100 }));
    const early = Array.from({ length: 10 }, (_, n) => `e${n}`);
    await ran(...runs(early));
    const first = await readOn();
    await ran(...runs(['late']));
    for (const id of [...early, 'late']) {
      await attributed(id, { credits: 0.0001, minutesAgo: 100 });
    }
    now += 24 * HOUR_MS;
    const second = await readOn(first.position);

    const sum = (of: 'cpuMs' | 'runs') =>
      [...first.rows, ...second.rows].reduce((all, row) => all + (row[of] ?? 0), 0);
    expect(sum('runs')).toBe(11);
    expect(sum('cpuMs')).toBeCloseTo(11 * 360, 6);
  });

  it('tells runs of old sessions once, however many hours are read at a time', async () => {
    const told = aSource({ sessions: SESSIONS });
    const hoursAgo = (hours: number) => `to_timestamp(${NOW / 1000 - hours * 3600})`;
    await account.server.sql(
      `insert into ${SESSIONS} values (20, ${hoursAgo(238.5)}, 'ANA', 'dbt 1.9', null)`,
    );
    await ran({ id: 'a', minutesAgo: 2600, session: 20 });
    const first = await readOn(undefined, told);
    await ran({ id: 'late', minutesAgo: 2601, session: 20 });
    now += 24 * HOUR_MS;
    const second = await readOn(first.position, told);

    const rows = [...first.rows, ...second.rows].filter(({ runs }) => runs !== 0);
    expect(rows.map(({ runs }) => runs)).toEqual([1, 1]);
  });

  it('tells no run twice whose client is told only after its hour was read', async () => {
    const told = aSource({ sessions: SESSIONS });
    await ran({ id: 'a', minutesAgo: 300, session: 21 }, { id: 'b', minutesAgo: 300, session: 21 });
    const first = await readOn(undefined, told);
    await account.server.sql(
      `insert into ${SESSIONS} values (21, to_timestamp(${NOW / 1000 - 6 * 3600}), 'ANA', 'dbt 1.9', null)`,
    );
    await ran({ id: 'late', minutesAgo: 301, session: 21 });
    now += HOUR_MS;
    const second = await readOn(first.position, told);

    expect(first.rows.map(({ runs }) => runs)).toEqual([2]);
    expect(second.rows).toMatchObject([{ text: TEXT_UNKNOWN, runs: 1 }]);
    expect(second.bad).toEqual([
      {
        where: 'statements that ended in 2026-11-20T07h',
        because: expect.stringContaining('1 run counts as not understood'),
      },
    ]);
  });

  it('goes on without attributed credits where they may not be read, and says so', async () => {
    const blind = openQueryHistory({
      name: 'snowflake-history',
      relation: HISTORY,
      attribution: 'SNOWFLAKE.ACCOUNT_USAGE.NOWHERE',
      latencyMs: HOUR_MS,
      lookbackMs: 24 * HOUR_MS,
      cutAt: 100_000,
      connector,
      now: () => now,
    });
    await ran({ id: 'a', minutesAgo: 100 });

    const { rows, bad } = await readOn(undefined, blind);

    expect(rows).toHaveLength(1);
    expect(bad).toEqual([
      {
        where: 'SNOWFLAKE.ACCOUNT_USAGE.NOWHERE',
        because: expect.stringContaining('USAGE_VIEWER'),
      },
    ]);
  });

  /** So many runs in one closed hour, over so many hashes. */
  async function manyRan(runs: number, hashes: number): Promise<void> {
    const ended = Math.floor(NOW / HOUR_MS - 2) * 3600;
    await account.server.sql(`insert into ${HISTORY}
  (query_id, query_text, query_type, user_name, warehouse_name, warehouse_size, execution_status, start_time, end_time, total_elapsed_time,
   execution_time, bytes_scanned, rows_produced, query_parameterized_hash, query_parameterized_hash_version)
select concat('q', n), concat('select ', n % ${hashes}), 'SELECT', 'ANA', 'BI_WH', 'X-Small', 'success', to_timestamp(${ended}), to_timestamp(${ended} + n % 3600), 10,
  10 + n % ${hashes}, 1, 1, concat('h', n % ${hashes}), 1
from range(${runs}) as a(n)`);
  }

  it('hands over what grows with hashes, not with statements', async () => {
    await manyRan(50_000, 20);

    const { rows } = await readOn();

    expect(rows).toHaveLength(20);
    expect(rows.reduce((sum, { runs = 1 }) => sum + runs, 0)).toBe(50_000);
  });

  it('bounds the kinds of an hour, keeps the dearest, and tells how many runs are not counted', async () => {
    await manyRan(5_010, 5_010);

    const { rows, bad } = await readOn();

    expect(rows.filter(({ text }) => text !== TEXT_UNKNOWN)).toHaveLength(5_000);
    expect(rows.filter(({ text }) => text === TEXT_UNKNOWN)).toMatchObject([{ runs: 10 }]);
    expect(rows.some(({ text }) => text === 'select 5009')).toBe(true);
    expect(bad).toEqual([
      {
        where: 'statements that ended in 2026-11-20T10h',
        because: '10 runs count as not understood: they are of the rarest kinds of their hour',
      },
    ]);
  });
});
