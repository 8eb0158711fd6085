import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, dayOf, HOUR_MS } from '../../../src/base/clock.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { readWarehouseUse } from '../../../src/connectors/databricks/warehouse-use.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { addressOn, principal, targetOn } from './open-server.ts';

describe('the prices a Databricks account tells', () => {
  let server: DatabricksServer;
  let connector: Connector;
  let warehouse: string | undefined;

  beforeAll(async () => {
    server = await startDatabricks();
    connector = await openDatabricks(targetOn(server));
    warehouse = addressOn(server, principal('reader')).httpPath.split('/').at(-1);
  });
  afterAll(async () => {
    await connector.close();
    await server.close();
  });

  const told = () => connector.readPrices?.({ purpose: 'catalog' });

  it('are not used where the warehouse was not billed lately', async () => {
    expect(await told()).toMatchObject({
      kind: 'untold',
      because: expect.stringContaining('no use of the warehouse'),
    });
  });

  it('are those of the kind this warehouse was billed as most, at the price that holds now', async () => {
    await server.seed(`insert into lakehouse.billing.usage (sku_name, usage_unit, usage_quantity, usage_date, usage_metadata) values
      ('PREMIUM_SQL', 'DBU', 100, current_date - 1, {'warehouse_id': '${warehouse}'}),
      ('PREMIUM_SQL_PRO', 'DBU', 1, current_date - 1, {'warehouse_id': '${warehouse}'}),
      ('PREMIUM_JOBS', 'DBU', 900, current_date - 1, {'warehouse_id': 'another'})`);
    await server.seed(`insert into lakehouse.billing.list_prices values
      ('PREMIUM_SQL', 'DBU', 'USD', timestamp '2025-01-01', timestamp '2026-01-01', {'default': 9, 'effective_list': {'default': 9}}),
      ('PREMIUM_SQL', 'DBU', 'USD', timestamp '2026-01-01', null, {'default': 0.9, 'effective_list': {'default': 0.8}}),
      ('PREMIUM_SQL_PRO', 'DBU', 'USD', timestamp '2026-01-01', null, {'default': 0.5, 'effective_list': {'default': 0.5}}),
      ('PREMIUM_JOBS', 'DBU', 'USD', timestamp '2026-01-01', null, {'default': 0.1, 'effective_list': {'default': 0.1}})`);

    expect(await told()).toEqual({
      kind: 'told',
      from: '2026-01-01',
      usdPerCoreHour: 0.3,
      source: expect.stringMatching(/^\$0\.8 a DBU of PREMIUM_SQL by system\.billing/),
    });
  });

  it('come with what of a week’s bill was idle, where the account tells when the warehouse was up', async () => {
    await used([
      // Two that overlap: 1.5 hours in which something ran.
      ['abc', '00:00', '01:00', 4],
      ['abc', '00:30', '01:30', 2],
    ]);
    const source = async () => {
      const prices = await told();
      return prices?.kind === 'told' ? prices.source : '';
    };
    await server.seed(
      `update lakehouse.billing.usage set usage_start_time = timestamp '${DAY} 00:00', usage_date = date '${DAY}' where sku_name like 'PREMIUM_SQL%'`,
    );

    expect(await source()).toMatch(
      /it was billed 101 DBU, 98 % of them idle \(what statements in full use would not cost/,
    );

    await server.seed(`insert into lakehouse.compute.warehouse_events values
      ('abc', 'RUNNING', 1, timestamp '${DAY} 00:00'), ('abc', 'STOPPED', 0, timestamp '${DAY} 06:00'),
      ('another', 'RUNNING', 1, timestamp '${DAY} 00:00')`);

    expect(await source()).toMatch(/it was billed 101 DBU, 75 % of them idle$/);
  });

  it('set the cost of statements right: what was billed while any ran, by their task time', async () => {
    const to = Date.parse(`${DAY}T12:00:00Z`);
    const ask = (sql: string) => connector.query(sql, { purpose: 'history' });
    const asked = { ask, relation: 'system.query.history', from: to - 12 * HOUR_MS, to };

    const uses = await readWarehouseUse(asked);

    // A quarter of 101 DBU for 6 task hours, which in full use would be 6 * 12 / 32.
    expect(uses).toEqual([
      {
        warehouse: 'abc',
        taskMs: 6 * HOUR_MS,
        billedDbu: 101,
        attributedDbu: 25.25,
        rate: expect.closeTo(25.25 / 2.25, 9),
        isUpTold: true,
      },
    ]);
  });

  async function used(
    runs: readonly (readonly [warehouse: string, from: string, to: string, taskHours: number])[],
  ) {
    for (const [id, from, to, taskHours] of runs) {
      await server.seed(`insert into lakehouse.query.history by name select
        {'type': 'WAREHOUSE', 'warehouse_id': '${id}', 'cluster_id': null} as compute,
        timestamp '${DAY} ${from}' as start_time, timestamp '${DAY} ${to}' as end_time, ${taskHours * HOUR_MS} as total_task_duration_ms`);
    }
  }
});

/** Three days ago: billed by now, within the week. */
const DAY = dayOf(Date.now() - 3 * DAY_MS);
