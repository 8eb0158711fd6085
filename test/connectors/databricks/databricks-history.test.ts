import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { openHistory } from '../../../src/connectors/history/open-history.ts';
import type {
  BadHistoryRow,
  HistoryRow,
  HistorySource,
} from '../../../src/connectors/history-row.ts';
import { historySettings } from '../../../src/connectors/settings.ts';
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

describe('the query history of Databricks', () => {
  let server: DatabricksServer;
  let connector: Connector;
  let now: number;

  beforeEach(async () => {
    server = await startDatabricks();
    const { writer: _, ...target } = targetOn(server);
    connector = await openDatabricks(target);
    now = NOON + 3 * HOUR_MS;
  });
  afterEach(async () => {
    await connector.close();
    await server.close();
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

  async function open(changes: object = {}): Promise<HistorySource> {
    const settings = historySettings.parse({
      source: 'databricks-history',
      lookbackDays: 1,
      ...changes,
    });
    return openHistory({ settings, connector, now: () => now });
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

  it('tells cached, failed and cancelled runs apart from those that worked', async () => {
    await ran(
      { text: 'select 1', minute: 1 },
      { text: 'select 1', minute: 2, cached: true },
      { text: 'select 1', minute: 3, status: 'FAILED' },
      { text: 'select 1', minute: 4, status: 'CANCELED' },
    );

    const { rows } = await read(await open());

    expect(rows.map(({ status, cached }) => `${status} ${cached}`).toSorted()).toEqual([
      'cancelled false',
      'failed false',
      'success false',
      'success true',
    ]);
  });

  it('reads closed hours only, each once, and what came late as a row of its own', async () => {
    await ran({ text: 'select 1', minute: 10 }, { text: 'select 1', minute: 80 });
    const source = await open();
    const first = await read(source);
    expect(first.rows.map(({ runs }) => runs)).toEqual([1]);

    await ran({ text: 'select 1', minute: 20 }, { text: 'select 2', minute: 30 });
    now += 15 * 60_000;
    expect((await read(source, first.position)).rows).toEqual([]);
    now += 20 * 60_000;
    const late = await read(source, first.position);
    expect(late.rows.map(({ text, runs, endedAt }) => [text, runs, endedAt])).toEqual([
      ['select 1', 1, NOON + 20 * 60_000],
      ['select 2', 1, NOON + 30 * 60_000],
      ['select 1', 1, NOON + 80 * 60_000],
    ]);

    expect((await read(source, late.position)).rows).toEqual([]);
  });

  it('finds what came a day late in its daily comparison', async () => {
    await ran({ text: 'select 1', minute: 10 });
    const source = await open();
    const first = await read(source);
    now += 20 * HOUR_MS;
    const second = await read(source, first.position);
    await ran({ text: 'select 1', minute: 11 });

    expect((await read(source, second.position)).rows).toEqual([]);
    now += 5 * HOUR_MS;
    const daily = await read(source, second.position);

    expect(daily.rows.map(({ runs, endedAt }) => [runs, endedAt])).toEqual([
      [1, NOON + 11 * 60_000],
    ]);
  });

  it('gives every row an id of its own, the same when it is read again', async () => {
    await ran({ text: 'select 1', minute: 1 }, { text: 'select 2', minute: 2 });

    const [once, again] = [await read(await open()), await read(await open())];

    expect(new Set(once.rows.map(({ id }) => id)).size).toBe(2);
    expect(again.rows).toEqual(once.rows);
  });

  it('mines no text that was cut or is not readable, and counts it', async () => {
    await ran(
      { text: `select '${'x'.repeat(1000)}'`, minute: 1 },
      { text: '', minute: 2 },
      { text: 'select 1', minute: 3 },
    );

    const { rows, bad } = await read(await open({ cutAt: 1000 }));

    expect(rows.map(({ text }) => text)).toEqual(['select 1']);
    expect(bad.map(({ because }) => because).toSorted()).toEqual([
      '1 run was left out: their text is empty, as with keys of the customer’s own',
      '1 run was left out: their text was cut',
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

  it('leaves out what Goldsmith itself sent, and fetches texts again by their rows', async () => {
    await ran(
      { text: "/* goldsmith='build' */ create table x as select 1", minute: 1 },
      { text: 'select 7', minute: 2 },
      { text: '', minute: 3, tags: "'goldsmith': 'facts'" },
    );
    const source = await open();

    const { rows, bad } = await read(source);
    const [id = ''] = rows.map((row) => row.id);
    const texts = await source.fetchTexts([id, 'not-ours'], {});

    expect(rows.length).toBe(1);
    expect(bad).toEqual([]);
    expect([...texts]).toEqual([[id, 'select 7']]);
  });

  it('asks for texts once: each hash costs one look, however many hours it runs in', async () => {
    for (const minute of [1, 61, 121]) {
      await ran({ text: `select a from t where n = ${1000 + minute}`, minute });
    }
    now = NOON + 5 * HOUR_MS;

    const { rows } = await read(await open());

    const asked = server.statements.filter(({ text }) => text.includes('select statement_id,'));
    expect(rows.length).toBe(3);
    expect(asked.length).toBe(1);
  });

  it('reads a customer’s own copy', async () => {
    await ran({ text: 'select 1', minute: 1 });
    await server.seed('create table shop.gold.copied as from lakehouse.query.history');
    await server.seed('delete from lakehouse.query.history');

    const { rows } = await read(await open({ relation: 'shop.gold.copied' }));

    expect(rows.map(({ text }) => text)).toEqual(['select 1']);
  });
});
