import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openHistory } from '../../../src/connectors/history/open-history.ts';
import type {
  BadHistoryRow,
  HistoryRow,
  HistorySource,
} from '../../../src/connectors/history-row.ts';
import { openPostgres } from '../../../src/connectors/postgres/postgres-connector.ts';
import { historySettings } from '../../../src/connectors/settings.ts';
import { everyStatementIsMetered } from '../../conformance/metered-history.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { addressOf, identities, wait as sleep } from '../../servers/postgres-identities.ts';

describe.skipIf(postgresBinaries === undefined)('a PostgreSQL history', () => {
  let cluster: PostgresCluster;
  let connector: Connector;
  let dashboard: pg.Client;

  beforeAll(async () => {
    cluster = await startPostgres(`
log_min_duration_statement = 0
log_timezone = 'UTC'
lc_messages = 'C'`);
    await identities(cluster);
    await cluster.sql(`create table orders as select n as id, n % 7 as region from generate_series(1, 1000) as n;
create role dashboard login; grant select on orders to dashboard;`);
    connector = await openPostgres({
      name: 'test',
      reader: addressOf(cluster, 'reader'),
      writer: addressOf(cluster, 'writer'),
      sleep,
    });
    dashboard = new pg.Client({
      host: cluster.socketFolder,
      port: cluster.port,
      database: 'shop',
      user: 'dashboard',
      application_name: 'metabase',
    });
    await dashboard.connect();
  });
  afterAll(async () => {
    await dashboard.end();
    await connector.close();
    await cluster.stop();
  });

  async function readAll(source: HistorySource, position?: string) {
    const rows: HistoryRow[] = [];
    const bad: BadHistoryRow[] = [];
    let reached = position ?? '';
    for await (const batch of source.read(position, {})) {
      rows.push(...batch.rows);
      bad.push(...batch.bad);
      reached = batch.position;
    }
    return { rows, bad, position: reached };
  }

  /** The log collector writes a moment after the statement. */
  async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const found = await look();
      if (found !== undefined) {
        return found;
      }
      await wait(50);
    }
    throw new Error('it was not logged within 5 s');
  }

  it('out of its log is nothing, or not all, under other settings: the doctor says which, and running what it prints ends it', async () => {
    const needs = { schemas: [], adoptable: [], writes: false, source: 'postgres-log' };
    /** Once it is as expected: sessions take new settings up a moment after they are told. */
    const about = (count: number) =>
      until(async () => {
        const all = (await connector.diagnose?.(needs, { purpose: 'catalog' })) ?? [];
        const found = all.filter(({ detail }) => /\blog\b/.test(detail));
        return found.length === count ? found : undefined;
      });
    const isWhole = { ok: true, isWarning: false, detail: 'the log tells every statement' };
    expect(await about(1)).toMatchObject([isWhole]);

    for (const wrong of [
      "log_destination = 'stderr'",
      "log_timezone = 'Europe/Berlin'",
      'log_min_duration_statement = 250',
      'log_parameter_max_length = 64',
      "log_statement = 'all'",
      'auto_explain.log_min_duration = 0',
    ]) {
      await cluster.sql(`alter system set ${wrong}`);
    }
    await cluster.sql('alter role dashboard set log_min_duration_statement = 500');
    await cluster.sql('select pg_reload_conf()');
    const troubles = await about(3);

    expect(troubles.map(({ detail }) => detail)).toEqual([
      'no statement can be read out of the log: it is not written as JSON; its times are those of Europe/Berlin; log_statement tells texts apart from their durations',
      'not every statement can be read out of the log: those under 250 ms are left out; parameters are cut off; auto_explain tells them once more, so they count twice',
      'the log tells as their own settings say what these run: dashboard (log_min_duration_statement=500)',
    ]);
    for (const sql of troubles.flatMap(({ remedy }) => remedy)) {
      await cluster.sql(sql);
    }
    await cluster.sql('alter role dashboard reset log_min_duration_statement');
    expect(await about(1)).toMatchObject([isWhole]);
    await cluster.sql('alter system reset all');
    await cluster.sql('select pg_reload_conf()');
  });

  it('out of its log tells text, time, user, application and outcome, and parameters as if they were literals', async () => {
    const settings = historySettings.parse({ source: 'postgres-log', path: cluster.logFolder });
    const source = await openHistory({ settings, connector });
    const start = (await readAll(source)).position;

    await dashboard.query(
      'select /* looker */ region, count(*) from orders where id > 17 group by 1',
    );
    await dashboard.query("select count(*) from orders where region = $1 and 'a$1' <> $2", [
      3,
      "it's",
    ]);
    await dashboard.query('select nothing from orders').catch(() => undefined);
    await dashboard.query("set statement_timeout = '20ms'");
    await dashboard.query('select pg_sleep(5)').catch(() => undefined);
    await dashboard.query('reset statement_timeout');

    const { rows, bad, position } = await until(async () => {
      const read = await readAll(source, start);
      return read.rows.some(({ text }) => text.startsWith('reset')) ? read : undefined;
    });
    const told = rows.map(({ text, status, user, client, database }) => [
      text,
      status,
      user,
      client,
      database,
    ]);
    const by = ['dashboard', 'metabase', 'shop'];

    expect(bad).toEqual([]);
    expect(told).toEqual(
      expect.arrayContaining([
        [
          'select /* looker */ region, count(*) from orders where id > 17 group by 1',
          'success',
          ...by,
        ],
        ["select count(*) from orders where region = '3' and 'a$1' <> 'it''s'", 'success', ...by],
        ['select nothing from orders', 'failed', ...by],
        ['select pg_sleep(5)', 'cancelled', ...by],
      ]),
    );
    const first = rows.find(({ text }) => text.includes('looker'));
    expect(first?.durationMs).toBeGreaterThan(0);
    expect(Math.abs((first?.endedAt ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await source.fetchTexts([first?.id ?? ''], {})).toEqual(
      new Map([[first?.id, first?.text]]),
    );
    expect((await readAll(source, position)).rows).toEqual([]);
  });

  it('out of auto_explain tells rows and bytes too', async () => {
    const settings = historySettings.parse({ source: 'postgres-log', path: cluster.logFolder });
    const source = await openHistory({ settings, connector });
    const start = (await readAll(source)).position;
    await cluster.sql(`alter role dashboard set auto_explain.log_min_duration = 0;
alter role dashboard set auto_explain.log_format = json; alter role dashboard set auto_explain.log_analyze = on;
alter role dashboard set auto_explain.log_buffers = on; alter role dashboard set log_min_duration_statement = -1;`);
    const client = new pg.Client({
      host: cluster.socketFolder,
      port: cluster.port,
      database: 'shop',
      user: 'dashboard',
    });
    await client.connect();
    await client.query('select * from orders where region = 5');
    await client.end();

    const row = await until(async () => {
      const { rows } = await readAll(source, start);
      return rows.find(({ text }) => text === 'select * from orders where region = 5');
    });

    expect(row).toMatchObject({ rowsReturned: 143, bytesScanned: 5 * 8192, status: 'success' });
  });

  it('out of the counters tells what ran between two looks, once, with its user, read by a monitor', async () => {
    const settings = historySettings.parse({ source: 'postgres-statements' });
    const source = await openHistory({ settings, connector });
    for (const id of [1, 2, 3]) {
      await dashboard.query(`select region from orders where id = ${id}`);
    }
    const first = await readAll(source);
    for (const id of [4, 5]) {
      await dashboard.query(`select region from orders where id = ${id}`);
    }
    const second = await readAll(source, first.position);
    const third = await readAll(source, second.position);

    expect(first.rows).toEqual([]);
    expect(second.rows).toEqual([
      expect.objectContaining({
        text: 'select region from orders where id = $1',
        runs: 2,
        rowsReturned: 2,
        user: 'dashboard',
        database: 'shop',
        status: 'success',
      }),
    ]);
    expect(second.rows[0]?.durationMs).toBeGreaterThan(0);
    expect(third.rows).toEqual([]);

    await cluster.sql('select pg_stat_statements_reset()');
    await dashboard.query('select region from orders where id = 6');
    const fourth = await readAll(source, third.position);
    expect(fourth.rows.filter(({ user }) => user === 'dashboard').map(({ runs }) => runs)).toEqual([
      1,
    ]);
  });

  it('out of the counters tells a script once, by what was called: nothing that ran within it', async () => {
    await cluster.sql(`create function busy() returns bigint language plpgsql as $$
begin return (select count(*) from orders where region = 1); end $$;
create procedure tidy() language plpgsql as $$ begin perform count(*) from orders where region = 2; end $$;
alter role dashboard set pg_stat_statements.track = 'all'`);
    const caller = new pg.Client({
      host: cluster.socketFolder,
      port: cluster.port,
      database: 'shop',
      user: 'dashboard',
    });
    await caller.connect();
    const source = await openHistory({
      settings: historySettings.parse({ source: 'postgres-statements' }),
      connector,
    });
    const first = await readAll(source);

    await caller.query('select busy()');
    await caller.query('call tidy()');
    await caller.query('do $$ begin perform count(*) from orders where region = 3; end $$');
    await caller.query('select 1 as a; select region from orders limit 1');
    await caller.end();

    const nested = await cluster.sql(
      "select query from pg_stat_statements where not toplevel and query like '%region = %'",
    );
    expect(nested.length).toBeGreaterThan(1);
    const { rows } = await readAll(source, first.position);
    expect(
      rows
        .flatMap(({ text, runs, user }) => (user === 'dashboard' ? [`${runs} ${text}`] : []))
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual([
      '1 call tidy()',
      '1 do $$ begin perform count(*) from orders where region = 3; end $$',
      '1 select $1 as a',
      '1 select busy()',
      '1 select region from orders limit $1',
    ]);
    await cluster.sql('alter role dashboard reset pg_stat_statements.track');
  });

  it('out of the counters costs what its statements cost: each is metered', async () => {
    const open = (by: Connector) =>
      openHistory({
        settings: historySettings.parse({ source: 'postgres-statements' }),
        connector: by,
      });
    const { position } = await readAll(await open(connector));
    await dashboard.query('select region from orders where id = 9');
    const log = await openHistory({
      settings: historySettings.parse({ source: 'postgres-log', path: cluster.logFolder }),
      connector,
    });
    let markers = 0;
    const sent = async () => {
      markers += 1;
      const mark = `select 'marker ${markers}'`;
      await dashboard.query(mark);
      return await until(async () => {
        const { rows } = await readAll(log);
        return rows.some(({ text }) => text === mark)
          ? rows.filter(({ text }) => text.startsWith("/* goldsmith='history' */")).length
          : undefined;
      });
    };

    await everyStatementIsMetered({ connector, open, sent, position });
  });
});
