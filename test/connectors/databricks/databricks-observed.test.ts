import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../../../src/base/clock.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { openLogger } from '../../../src/daemon/logger.ts';
import { type Goldsmith, startGoldsmith } from '../../../src/daemon/start-goldsmith.ts';
import { LOOSE } from '../../scenarios/small-world.ts';
import {
  type DatabricksServer,
  PRINCIPALS,
  startDatabricks,
} from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

/** The history is read by a real clock, so it lies in the last two days. */
const NOW = Date.now();
const FIRST_DAY = Math.floor(NOW / DAY_MS) * DAY_MS - 2 * DAY_MS;

/** Somebody's shop: three silver tables and a gold view that dashboards read. */
const SHOP = [
  'create schema shop.silver',
  'create table shop.silver.stores (store_id integer, store_name varchar not null, region varchar not null)',
  "insert into shop.silver.stores select i, 'Store ' || i, 'R' || i % 5 from range(1, 41) as t(i)",
  'create table shop.silver.orders (order_id bigint, store_id integer not null, order_date date not null)',
  "insert into shop.silver.orders select i, 1 + i % 40, date '2026-07-01' + (i % 30)::integer from range(1, 4001) as t(i)",
  'create table shop.silver.order_lines (order_id bigint not null, quantity integer not null, net_amount decimal(12, 2) not null)',
  'insert into shop.silver.order_lines select 1 + i % 4000, i % 7, i % 900 / 7.0 from range(1, 8001) as t(i)',
  `create view shop.gold.daily_sales as select s.region, o.order_date, sum(l.net_amount) as revenue, sum(l.quantity) as units
from shop.silver.order_lines as l join shop.silver.orders as o on o.order_id = l.order_id
  join shop.silver.stores as s on s.store_id = o.store_id group by s.region, o.order_date`,
];

const ALL = 'select * from gold.daily_sales order by region, order_date';
const BY_REGION = 'select region, sum(revenue) as revenue from gold.daily_sales group by region';

describe('a Goldsmith beside Databricks', () => {
  let server: DatabricksServer;
  let folder: string;
  let goldsmith: Goldsmith | undefined;
  const clock = handTurnedClock(NOW);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'goldsmith-test-'));
    server = await startDatabricks();
    for (const sql of SHOP) {
      await server.seed(sql);
    }
    for (let day = 0; day < 2; day += 1) {
      await dashboards(day);
    }
  });
  afterEach(async () => {
    await goldsmith?.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function dashboards(day: number): Promise<void> {
    const from = new Date(FIRST_DAY + day * DAY_MS + 8 * HOUR_MS).toISOString().replace('Z', '');
    await server.seed(`insert into lakehouse.query.history by name select
  uuid()::varchar as statement_id, 'FINISHED' as execution_status,
  {'type': 'WAREHOUSE', 'warehouse_id': 'w1', 'cluster_id': null} as compute,
  'u' || i % 3 as executed_by, 'u' || i % 3 as executed_as, '${BY_REGION}' as statement_text, 'Metabase' as client_application,
  60000 as total_task_duration_ms, 9000 as total_duration_ms, 1000 as read_bytes,
  timestamp '${from}' + interval 1 minute * (10 * i) as start_time, timestamp '${from}' + interval 1 minute * (10 * i + 1) as end_time,
  false as from_result_cache
from range(30) as t(i)`);
  }

  async function start(mode: string): Promise<Goldsmith> {
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, server.cert);
    const signIn = (who: keyof typeof PRINCIPALS) => ({ signIn: 'oauth', ...PRINCIPALS[who] });
    const settings = {
      ...LOOSE,
      mode,
      warehouse: {
        kind: 'databricks',
        databricks: {
          host: server.host,
          port: server.port,
          httpPath: '/sql/1.0/warehouses/abc',
          catalog: 'shop',
          caFile,
          reader: signIn('reader'),
          writer: signIn('writer'),
        },
      },
      history: { source: 'databricks-history', lookbackDays: 3 },
      state: { path: join(folder, 'state.sqlite') },
    };
    goldsmith = await startGoldsmith({
      config: parseConfig({ file: 'test.yaml', text: JSON.stringify(settings), env: {} }),
      clock,
      log: openLogger('fatal', { write: () => undefined }),
    });
    return goldsmith;
  }

  it('mines, decides, takes a view over that pays, builds it, and readers get the same answers', async () => {
    const connector = await openDatabricks(targetOn(server));
    const read = async () => (await connector.query(ALL, { purpose: 'verify' })).rows;
    const before = await read();
    const started = await start('auto');

    const { ingest, decision, applied } = await started.cycle();

    expect(ingest).toMatchObject({ rows: expect.any(Number), badRows: 0 });
    expect(ingest.rows).toBeGreaterThan(0);
    expect(decision.plan.steps.map(({ action }) => action.kind)).toContain('adopt-view');
    expect(applied?.because).toMatch(/(step is|steps are) done$/);
    expect(await read()).toEqual(before);
    const catalog = await connector.readCatalog({ purpose: 'catalog' });
    expect(catalog.find(({ id }) => id === 'gold.daily_sales')?.definitionSql).toContain('__v1');
    await connector.close();

    // Between two cycles the warehouse stops by itself.
    for (const hours of [1, 2]) {
      server.forgetSessions();
      clock.turnTo(NOW + hours * HOUR_MS);
      expect((await started.cycle()).applied?.because).not.toMatch(/cannot be reached/);
    }
  }, 240_000);
});
