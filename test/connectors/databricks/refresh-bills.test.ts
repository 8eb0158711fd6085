import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../../../src/base/clock.ts';
import { relationId } from '../../../src/base/relation.ts';
import { nanoUsd } from '../../../src/base/usd.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { readRefreshBills } from '../../../src/connectors/databricks/refresh-bills.ts';
import { debitRefreshes } from '../../../src/daemon/debit-refreshes.ts';
import { quietLogger } from '../../../src/daemon/logger.ts';
import { openMemory } from '../../../src/daemon/memory.ts';
import { openRunningCost, toldByMarts } from '../../../src/daemon/running-cost.ts';
import { openStore, type Store } from '../../../src/store/open-store.ts';
import { aMart, aVersion } from '../../builders/a-mart.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');
const SALES = relationId({ schema: 'gold', name: 'sales' });
const VERSION = relationId({ schema: 'gold_data', name: 'sales__v1' });

describe('what the pipeline behind a materialized view is billed', () => {
  let server: DatabricksServer;
  let connector: Connector;
  let store: Store;

  beforeAll(async () => {
    store = openStore(':memory:');
    server = await startDatabricks();
    connector = await openDatabricks(targetOn(server));
    await connector.execute('create materialized view `gold_data`.`sales__v1` as select 1 as one', {
      purpose: 'build',
    });
    await server.seed(`insert into lakehouse.billing.list_prices values
      ('SERVERLESS', 'DBU', 'USD', timestamp '2025-01-01', null, {'default': 0.5, 'effective_list': {'default': 0.5}})`);
    const used = (quantity: number, at: string, pipeline = 'pipeline of gold_data.sales__v1') =>
      server.seed(`insert into lakehouse.billing.usage values
        ('SERVERLESS', 'DBU', ${quantity}, date '${at.slice(0, 10)}', {'dlt_pipeline_id': '${pipeline}'}, timestamp '${at}')`);
    await used(3, '2026-03-19 13:00');
    // Taken back by half a day later.
    await used(-1, '2026-03-20 11:00');
    await used(90, '2026-03-20 12:00');
    await used(90, '2026-03-19 14:00', 'of somebody else');
  });
  afterAll(async () => {
    await connector.close();
    await server.close();
    store.close();
  });

  it('is told in dollars by version, those that are gone left out', async () => {
    const gone = relationId({ schema: 'gold_data', name: 'gone' });
    const bills = await connector.readRefreshBills?.([VERSION, gone], {
      purpose: 'catalog',
      from: NOON - DAY_MS,
      to: NOON,
    });

    expect([...(bills ?? [])]).toEqual([[VERSION, { usd: 1 }]]);
  });

  it('is not taken for nothing where a view that is there does not tell its pipeline', async () => {
    const ask = async (sql: string) => ({
      columns: [],
      rows: sql.startsWith('show') ? [['delta.minReaderVersion', '3']] : [['1']],
      cost: { durationMs: 0, cpuMs: 0, rowsReturned: 1 },
    });
    const asked = { name: 'shop', versions: [VERSION], from: NOON - DAY_MS, to: NOON };

    await expect(readRefreshBills({ ...asked, ask, askOwner: ask })).rejects.toMatchObject({
      message: expect.stringContaining('gold_data.sales__v1 does not tell its pipeline'),
    });
  });

  it('is none of a table that nothing refreshes, as the doctor’s dry run asks of one', async () => {
    await server.seed('create table shop.sales.plain (id bigint)');
    const versions = [relationId({ schema: 'sales', name: 'plain' })];
    const asked = { from: NOON - DAY_MS, to: NOON, purpose: 'catalog' } as const;

    await expect(connector.readRefreshBills?.(versions, asked)).resolves.toEqual(new Map());
  });

  it('is debited to its mart once, a day later, as no statement’s own', async () => {
    const clock = handTurnedClock(NOON);
    const memory = openMemory(store.documents);
    const running = openRunningCost(0);
    const engine = {
      connector,
      store,
      memory,
      clock,
      running,
      log: quietLogger('silent'),
      priceCpu: () => nanoUsd(1n),
      priceNow: () => ({
        warehouse: 'databricks' as const,
        from: '2026-01-01',
        usdPerCoreHour: 0.25,
        usdPerGbMonth: 0,
        line: 'capacity' as const,
        source: 'the test',
      }),
    };
    const definition = {
      relation: SALES,
      origin: 'candidate' as const,
      sql: 'select 1 as one',
      columns: [{ name: 'one', type: 'int' }],
      sources: [],
      obligations: [],
      maxStalenessMs: DAY_MS,
    };
    const current = aVersion(definition, {
      table: VERSION,
      native: { kind: 'materialized view', refreshes: 1, sinceWhole: 1 },
    });
    const marts = [aMart(definition, { current })];
    const debited = () => memory.work.list().map(({ kind, cpuMs }) => [kind, cpuMs]);

    await debitRefreshes(engine, marts);
    clock.turnTo(NOON + DAY_MS - HOUR_MS);
    await debitRefreshes(engine, marts);
    expect(debited()).toEqual([]);

    clock.turnTo(NOON + DAY_MS);
    await debitRefreshes(engine, marts);
    await debitRefreshes(engine, marts);
    // A dollar, at a quarter of one a core-hour.
    expect(debited()).toEqual([['refresh', 4 * HOUR_MS]]);
    expect(running.takeRest(toldByMarts(memory.work.list()))).toBe(0);
  });
});
