import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { openHistory } from '../../../src/connectors/history/open-history.ts';
import {
  type BadHistoryRow,
  type HistoryRow,
  type HistorySource,
  TEXT_UNKNOWN,
} from '../../../src/connectors/history-row.ts';
import { historySettings } from '../../../src/connectors/settings.ts';
import { historyConformance } from '../../conformance/history-conformance.ts';
import { everyStatementIsMetered } from '../../conformance/metered-history.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

const NOON = Date.UTC(2026, 5, 1, 12);

interface Seeded {
  readonly text: string;
  /** Minutes after noon at which it ended. */
  readonly minute: number;
  readonly status?: string;
  readonly user?: string;
  readonly cached?: boolean;
  readonly taskMs?: number;
  readonly tags?: string;
}

const OUTCOMES = {
  cached: { cached: true },
  failed: { status: 'FAILED' },
  cancelled: { status: 'CANCELED' },
} as const;

describe('the query history of Databricks', () => {
  let server: DatabricksServer;
  let connector: Connector;
  let now: number;

  beforeAll(async () => {
    server = await startDatabricks();
    const { writer: _, ...target } = targetOn(server);
    connector = await openDatabricks(target);
  });
  afterAll(async () => {
    await connector.close();
    await server.close();
  });
  beforeEach(async () => {
    for (const table of ['query.history', 'compute.warehouse_events', 'billing.usage']) {
      await server.seed(`delete from lakehouse.${table}`);
    }
    now = NOON + 3 * HOUR_MS;
  });

  historyConformance({
    name: 'Databricks',
    latencyMs: 90 * 60_000,
    cutAt: 1_000,
    seed: (runs) =>
      ran(
        ...runs.map(({ text, endedAt, user, outcome }) => ({
          text,
          minute: (endedAt - NOON) / 60_000,
          ...(user === undefined ? {} : { user }),
          ...(outcome === undefined ? {} : OUTCOMES[outcome]),
        })),
      ),
    open: (asOf) => open({ cutAt: 1_000 }, asOf),
    textReads: () =>
      server.statements.filter(({ text }) => text.includes('select statement_id,')).length,
  });

  async function ran(...statements: readonly Seeded[]): Promise<void> {
    for (const one of statements) {
      const { text, minute, status, user, cached, taskMs = 100, tags = "'team': 'sales'" } = one;
      const end = new Date(NOON + minute * 60_000).toISOString().replace('Z', '');
      await server.seed(`insert into lakehouse.query.history by name select
  '${randomUUID()}' as statement_id, '${status ?? 'FINISHED'}' as execution_status,
  {'type': 'WAREHOUSE', 'warehouse_id': 'w1', 'cluster_id': null} as compute,
  '${user ?? 'ann'}' as executed_by, '${user ?? 'ann'}' as executed_as, '${text.replaceAll("'", "''")}' as statement_text,
  'dashboard' as client_application, ${taskMs} as total_task_duration_ms, ${taskMs} * 2 as total_duration_ms, 1000 as read_bytes,
  timestamp '${end}' - interval 1 minute as start_time, timestamp '${end}' as end_time, timestamp '${end}' as update_time,
  ${cached === true} as from_result_cache, map {${tags}} as query_tags`);
    }
  }

  async function open(changes: object = {}, asOf = () => now): Promise<HistorySource> {
    const settings = historySettings.parse({
      source: 'databricks-history',
      lookbackDays: 1,
      ...changes,
    });
    return openHistory({ settings, connector, now: asOf });
  }

  async function read(source: HistorySource, from?: string) {
    const rows: HistoryRow[] = [];
    const bad: BadHistoryRow[] = [];
    let position = from;
    for await (const batch of source.read(from, {})) {
      rows.push(...batch.rows);
      bad.push(...batch.bad);
      ({ position } = batch);
    }
    return { rows, bad, position };
  }

  it('tells runs that differ in literals as one row of their hour, with the sums of their work', async () => {
    await ran(
      { text: "select a from t where day = '2026-01-01' and n > 100", minute: 5, taskMs: 100 },
      { text: "select a from  t where day = '2026-02-01' and n > 2000", minute: 50, taskMs: 300 },
      { text: "select a from t where day = '2026-02-01' and n > 2000", minute: 65 },
    );

    now += HOUR_MS;

    const { rows } = await read(await open());

    expect(rows.map(({ runs, cpuMs }) => [runs, cpuMs])).toEqual([
      [2, 400],
      [1, 100],
    ]);
    expect(rows[0]).toMatchObject({
      status: 'success',
      user: 'ann',
      client: 'dashboard',
      tags: { team: 'sales' },
      cached: false,
      durationMs: 800,
      bytesScanned: 2000,
      endedAt: NOON + 50 * 60_000,
    });
  });

  it('costs what its statements cost: each is metered, the groups that are streamed, too', async () => {
    await ran({ text: 'select 1 from t', minute: 10 });

    await everyStatementIsMetered({
      connector,
      open: (by) =>
        openHistory({
          settings: historySettings.parse({ source: 'databricks-history', lookbackDays: 1 }),
          connector: by,
          now: () => now,
        }),
      sent: () =>
        server.statements.filter(({ text }) => text.includes("goldsmith='history'")).length,
    });
  });

  it.each([
    // Half a DBU for twenty core minutes, which by the list are 12 / 32 of a DBU an hour: four times as much.
    ['without what it was billed while nothing ran', 20 * 60_000, 400],
    // Eight hundred times as much: of a day on which next to nothing was asked that says nothing.
    ['but by the list where it hardly worked that day', 6_000, 100],
  ])(
    'tells work at what the warehouse was billed for it the day before, %s',
    async (_what, taskMs, cpuMs) => {
      const earlier = (minute: number) =>
        `timestamp '${new Date(NOON + minute * 60_000).toISOString().replace('Z', '')}'`;
      // A minute in which it worked, of two in which it was up.
      await ran({ text: 'select 1 from t', minute: -30 * 60, taskMs });
      await server.seed(`insert into lakehouse.compute.warehouse_events values
      ('w1', 'RUNNING', 1, ${earlier(-30 * 60 - 2)}), ('w1', 'STOPPED', 0, ${earlier(-30 * 60)})`);
      await server.seed(`insert into lakehouse.billing.usage values
      ('SQL', 'DBU', 1, date '2026-05-31', {'warehouse_id': 'w1'}, ${earlier(-31 * 60)})`);
      await ran({ text: 'select a from t', minute: 5, taskMs: 100 });
      now += HOUR_MS;

      const { rows, bad } = await read(await open());

      expect(rows.map((row) => row.cpuMs)).toEqual([expect.closeTo(cpuMs, 6)]);
      expect(bad).toEqual([]);
    },
  );

  it('sets the hours of a day right once that day is billed, once, and says of how many it cannot', async () => {
    const at = (minute: number) =>
      `timestamp '${new Date(NOON + minute * 60_000).toISOString().replace('Z', '')}'`;
    await ran(
      { text: 'select a from t', minute: 5, taskMs: 20 * 60_000 },
      { text: 'select b from t', minute: -55, taskMs: 1_000 },
    );
    const source = await open();
    const first = await read(source);
    await server.seed(`insert into lakehouse.compute.warehouse_events values
      ('w1', 'RUNNING', 1, ${at(1)}), ('w1', 'STOPPED', 0, ${at(5)})`);
    await server.seed(`insert into lakehouse.billing.usage values
      ('SQL', 'DBU', 1, date '2026-06-01', {'warehouse_id': 'w1'}, ${at(0)})`);
    const { hours, ...rest } = JSON.parse(first.position ?? '') as {
      readonly hours: Readonly<Record<string, { readonly runs: number }>>;
    };
    const forgotten = { [NOON - HOUR_MS]: { runs: hours[NOON - HOUR_MS]?.runs ?? 0 } };
    now += 24 * HOUR_MS;

    const second = await read(
      source,
      JSON.stringify({ ...rest, hours: { ...hours, ...forgotten } }),
    );
    now += 24 * HOUR_MS;
    const third = await read(source, second.position);

    const [told, corrected] = [first, second].map(({ rows }) =>
      rows.filter(({ text }) => text === 'select a from t'),
    );
    expect(told?.map(({ runs, cpuMs }) => [runs, cpuMs])).toEqual([[1, 20 * 60_000]]);
    expect(corrected).toMatchObject([{ runs: 0, corrects: { runs: 1, cpuMs: 20 * 60_000 } }]);
    const rate = 1 + (corrected?.[0]?.cpuMs ?? 0) / (20 * 60_000);
    // Half a DBU for little more than the twenty core minutes, which by the list are an eighth of one.
    expect(rate).toBeCloseTo(4, 1);
    expect(second.bad.map(({ because }) => because)).toEqual([
      'those of 1 hour stay estimates: what was told of them was forgotten before their costs were complete',
    ]);
    expect(third).toMatchObject({ rows: [], bad: [] });
  });

  it('leaves no hour out where the next look comes later than a day after the last', async () => {
    await ran({ text: 'select a from t', minute: -655, taskMs: 20 * 60_000 });
    const source = await open();
    const first = await read(source);
    now += 12 * HOUR_MS;
    const half = await read(source, first.position);
    const at = (minute: number) =>
      `timestamp '${new Date(NOON + minute * 60_000).toISOString().replace('Z', '')}'`;
    await server.seed(`insert into lakehouse.billing.usage values
      ('SQL', 'DBU', 1, date '2026-06-01', {'warehouse_id': 'w1'}, ${at(-720)})`);
    await server.seed(`insert into lakehouse.compute.warehouse_events values
      ('w1', 'RUNNING', 1, ${at(-659)}), ('w1', 'STOPPED', 0, ${at(-655)})`);
    now += 24 * HOUR_MS;

    const late = await read(source, half.position);

    expect(late.bad).toEqual([]);
    expect(late.rows).toMatchObject([{ runs: 0, corrects: { runs: 1, cpuMs: 20 * 60_000 } }]);
  });

  it('says of hours that no bill was read of, for nobody looked for days, that they stay estimates', async () => {
    const later = 2 * 24 * 60;
    await ran({ text: 'select a from t', minute: 5 }, { text: 'select b from t', minute: later });
    const source = await open();
    const first = await read(source);
    await server.seed(`insert into lakehouse.billing.usage values ('SQL', 'DBU', 1, date '2026-06-03', {'warehouse_id': 'w1'},
      timestamp '${new Date(NOON + later * 60_000).toISOString().replace('Z', '')}')`);
    now += 4 * 24 * HOUR_MS;

    const { bad } = await read(source, first.position);

    expect(bad.map(({ because }) => because)).toEqual([
      'those of 1 hour stay estimates: the bill that was read begins after them',
    ]);
  });

  it('keeps apart what differs in more than literals: grains, ordinals, intervals, formats', async () => {
    const texts = [
      "select date_trunc('month', d) from t1 group by 1",
      "select date_trunc('day', d) from t1 group by 1",
      "select date_trunc('day', d) from t2 group by 1",
      "select date_trunc('day', d) from t2 group by 2",
      "select date_format(d, 'yyyy-MM') from t2",
      "select date_format(d, 'yyyy-mm') from t2",
      "select * from t where d > now() - interval '7 days'",
      "select * from t where d > now() - interval '7 months'",
      "select 'a', b1, 'c' from t",
      "select 'a', b2, 'c' from t",
      "select 'it\\'s', b1, 'c' from t",
      "select 'it\\'s', b2, 'c' from t",
    ];
    await ran(...texts.map((text, minute) => ({ text, minute })));

    const { rows } = await read(await open());

    expect(rows.map(({ text }) => text).toSorted()).toEqual(texts.toSorted());
  });

  it('mines no text that is not readable, and counts it', async () => {
    await ran({ text: '', minute: 2 }, { text: 'select 1', minute: 3 });

    const { rows, bad } = await read(await open());

    expect(rows.map(({ text }) => text).toSorted()).toEqual([TEXT_UNKNOWN, 'select 1']);
    expect(bad.map(({ because }) => because)).toEqual([
      '1 run counts as not understood: their text is empty, as with keys of the customer’s own',
    ]);
  });

  it('tells scripts and calls apart: what they do is told by other statements', async () => {
    const scripts = [
      'begin declare n int default 1; select n; end',
      '-- every night\n/* a job * of ours */ Nightly: BEGIN select 1; END',
      "call refresh_all('eu')",
      "execute immediate 'select 1'",
    ];
    await ran(...scripts.map((text, minute) => ({ text, minute })), {
      text: "select 'begin' as a, call from t -- begin",
      minute: 50,
    });

    const { rows, bad } = await read(await open());

    expect(rows.map(({ text }) => text)).toEqual(["select 'begin' as a, call from t -- begin"]);
    expect(bad.map(({ because }) => because)).toEqual(
      scripts.map(() => '1 run was left out: they are scripts, which do what other statements say'),
    );
  });

  it('knows what Goldsmith itself sent without its text', async () => {
    await ran({ text: '', minute: 3, tags: "'goldsmith': 'facts'" });

    expect(await read(await open())).toMatchObject({ rows: [], bad: [] });
  });

  it('reads a customer’s own copy', async () => {
    await ran({ text: 'select 1', minute: 1 });
    await server.seed('create table shop.gold.copied as from lakehouse.query.history');
    await server.seed('delete from lakehouse.query.history');

    const { rows } = await read(await open({ relation: 'shop.gold.copied' }));

    expect(rows.map(({ text }) => text)).toEqual(['select 1']);
  });
});
