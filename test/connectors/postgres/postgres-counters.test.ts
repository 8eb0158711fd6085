import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import type { BadHistoryRow, HistoryRow } from '../../../src/connectors/history-row.ts';
import { openPostgres } from '../../../src/connectors/postgres/postgres-connector.ts';
import { StatementCounters } from '../../../src/connectors/postgres/statement-counters.ts';
import { climb } from '../../../src/prune/ladder.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { coverageOf } from '../../../src/usage/coverage.ts';
import { aLadder } from '../../prune/a-gold-relation.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { addressOf, identities, wait } from '../../servers/postgres-identities.ts';
import { ingest, NOON } from '../../usage/a-history.ts';
import { reallyRead } from '../../usage/really-read.ts';

const COLUMNS = Array.from({ length: 20 }, (_, at) => `c${at}`);
const TABLE = `create table public.sold (${COLUMNS.map((name) => `${name} int`).join(', ')})`;

/** 400 statements of which none is like another. */
const KINDS = COLUMNS.flatMap((of) =>
  COLUMNS.map((by) => `select ${of} from sold where ${by} > 1`),
);

describe.skipIf(postgresBinaries === undefined)('a PostgreSQL server that forgets', () => {
  let cluster: PostgresCluster;
  let connector: Connector;
  let dashboard: pg.Client;
  let source: StatementCounters;

  beforeAll(async () => {
    cluster = await startPostgres(
      'pg_stat_statements.max = 100\ntrack_io_timing = on\nshared_buffers = 1MB',
    );
    await identities(cluster);
    await cluster.sql(
      `${TABLE}; create role dashboard login; grant select on public.sold to dashboard`,
    );
    const { socketFolder: host, port } = cluster;
    dashboard = new pg.Client({ host, port, database: 'shop', user: 'dashboard' });
    await dashboard.connect();
    connector = await openPostgres({
      name: 'test',
      reader: addressOf(cluster, 'reader'),
      sleep: wait,
    });
  });
  afterAll(async () => {
    await dashboard.end();
    await connector.close();
    await cluster.stop();
  });

  beforeEach(async () => {
    const relation = 'pg_stat_statements';
    source = new StatementCounters({ name: 'counters', relation, connector, now: () => NOON });
    await cluster.sql('select pg_stat_statements_reset()');
  });

  async function look(position: string | undefined) {
    const rows: HistoryRow[] = [];
    const bad: BadHistoryRow[] = [];
    let reached = position;
    for await (const batch of source.read(position, {})) {
      rows.push(...batch.rows);
      bad.push(...batch.bad);
      reached = batch.position;
    }
    return { rows, bad, position: reached };
  }

  const runsOf = (rows: readonly HistoryRow[]) => rows.reduce((sum, { runs = 1 }) => sum + runs, 0);

  it('say how many were forgotten unseen, and nothing is pruned or dropped for want of them', async () => {
    const store = openStore(':memory:');
    await using parts = await reallyRead(TABLE, 'postgres');
    await ingest(store.usage, { source, ...parts });

    await dashboard.query(KINDS.join(';'));
    const { lastBadRows } = await ingest(store.usage, { source, ...parts });

    const coverage = coverageOf(
      store.usage.read({ fromDay: '2026-01-01', untilDay: '2026-12-31' }),
    );
    expect(coverage.statements).toBeGreaterThan(360);
    expect(coverage.statements).toBeLessThan(440);
    expect(coverage.resolvedShare).toBeLessThan(100 / 400);
    expect(coverage.notUnderstood['its text is not known']).toBeGreaterThan(200);
    expect(coverage.notUnderstood).not.toHaveProperty('no grammar accepted it');
    expect(coverage.resolvedCostShare).toBeLessThan(100 / 400);
    expect(climb(aLadder({ coverage: coverage.resolvedShare }))).toMatchObject([
      { to: 'kept', rule: 'coverage-floor' },
    ]);
    expect(lastBadRows).toMatchObject([
      {
        because: expect.stringMatching(
          /^it made room \d+ times since the last look, and about [23]\d\d statements ran and were forgotten unseen: raise pg_stat_statements\.max \(now 100\)$/,
        ),
      },
    ]);
  });

  it('are told by the doctor, with the setting that ends it', async () => {
    const needs = {
      schemas: [],
      adoptable: [],
      writes: false,
      source: 'postgres-statements',
      history: 'pg_stat_statements',
    };
    const warnings = async () =>
      (await connector.diagnose?.(needs, { purpose: 'catalog' }))
        ?.filter(({ detail }) => detail.startsWith('pg_stat_statements holds'))
        .flatMap(({ remedy }) => remedy);
    expect(await warnings()).toEqual([]);

    await dashboard.query(KINDS.slice(0, 150).join(';'));

    expect(await warnings()).toEqual([
      'alter system set pg_stat_statements.max = 400; -- and restart the server',
    ]);
  });

  it('claim little lost where mostly what had been told was forgotten', async () => {
    await dashboard.query(KINDS.slice(0, 80).join(';'));
    const first = await look(undefined);
    await dashboard.query(KINDS.slice(80, 110).join(';'));

    const { rows } = await look(first.position);

    expect(Math.abs(runsOf(rows) - 30)).toBeLessThan(6);
  });

  it('are told from where an earlier version left off, to which the server did not tell since when it counts', async () => {
    await dashboard.query(KINDS.slice(0, 3).join(';'));
    const { position } = await look(undefined);
    const { counters } = JSON.parse(position ?? '') as {
      readonly counters: Readonly<Record<string, readonly number[]>>;
    };
    const earlier = Object.entries(counters).map(([key, values]) => [key, values.slice(0, 4)]);
    await dashboard.query(KINDS[1] ?? '');

    const { rows, bad } = await look(
      JSON.stringify({ resetAt: '', counters: Object.fromEntries(earlier) }),
    );

    const told = rows.filter(({ user }) => user === 'dashboard');
    expect(told).toMatchObject([{ runs: 1 }]);
    expect(bad).toEqual([]);
  });

  it('tell runs whose text the server lost as not understood, with their user and cost', async () => {
    const { position } = await look(undefined);
    await dashboard.query(KINDS[0] ?? '');
    const texts = join(dirname(cluster.logFolder), 'pg_stat_tmp', 'pgss_query_texts.stat');
    chmodSync(texts, 0o000);

    const { rows, bad } = await look(position).finally(() => chmodSync(texts, 0o600));

    const [told] = rows.filter(({ user }) => user === 'dashboard');
    expect(told).toMatchObject({
      text: '<text not known>',
      runs: 1,
      durationMs: expect.any(Number),
    });
    expect(bad[0]?.because).toMatch(/^the server lost its text, .* pg_stat_statements_reset\(\)/);
  });

  it.for([
    ['as this server names them', 'pg_stat_statements'],
    ['as they are named from 17 on', 'public.as_named_later'],
  ] as const)('take no waiting for files for work of a core: times %s', async ([, relation]) => {
    await cluster.sql(`create or replace view public.as_named_later as
select userid, dbid, toplevel, queryid, query, calls, total_exec_time, rows, shared_blks_hit, shared_blks_read,
  blk_read_time as shared_blk_read_time, blk_write_time as shared_blk_write_time, 0::float8 as local_blk_read_time from pg_stat_statements;
grant select on public.as_named_later to reader;
drop table if exists public.large; create table public.large as select n, repeat('x', 200) as pad from generate_series(1, 20000) as n;
grant select on public.large to dashboard`);
    source = new StatementCounters({ name: 'counters', relation, connector, now: () => NOON });
    const { position } = await look(undefined);

    await dashboard.query('select count(pad) from large');

    const { rows } = await look(position);
    const read = rows.find(({ text }) => text.includes('count(pad)'));
    const [server] = await cluster.sql(
      "select total_exec_time as total, blk_read_time + blk_write_time as waiting from pg_stat_statements where query like '%count(pad)%'",
    );
    expect(Number(server?.['waiting'])).toBeGreaterThan(0);
    expect(read?.durationMs).toBeCloseTo(Number(server?.['total']), 6);
    expect(read?.cpuMs).toBeCloseTo(Number(server?.['total']) - Number(server?.['waiting']), 6);
  });
});
