import { afterAll, beforeAll, expect, it } from 'vitest';
import { toDollars } from '../../../src/base/usd.ts';
import { loadPrices } from '../../../src/config/load-prices.ts';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import { openJobsHistory } from '../../../src/connectors/bigquery/jobs-history.ts';
import { pricesAt } from '../../../src/cost/price-list.ts';
import { priceCpuMs } from '../../../src/cost/price-work.ts';
import { meterCatalog, meterConnector, type OnCost } from '../../../src/prove/metered.ts';
import { seedJobs } from '../../servers/bigquery-jobs-seed.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const ENDED = Date.UTC(2026, 5, 1, 11, 30);

let server: BigqueryServer;

beforeAll(async () => {
  server = await startBigquery();
  await seedJobs(server, [
    { id: 'big', endedAt: ENDED, bytes: 2 * 2 ** 40 },
    { id: 'slots', endedAt: ENDED, hash: 'h2', reservation: 'r1', bytes: 0 },
  ]);
});
afterAll(() => server.stop());

async function billed(billing: 'bytes' | 'slots', usdPerHour: number | undefined) {
  const connector = await openBigquery({ ...targetOf(server), billing });
  const shipped = pricesAt(loadPrices(), { warehouse: 'bigquery', at: ENDED });
  const price = usdPerHour === undefined ? shipped : { ...shipped, usdPerCoreHour: usdPerHour };
  const source = openJobsHistory({
    name: 'jobs',
    connector,
    relation: '`region-eu`.INFORMATION_SCHEMA.JOBS',
    hashesTexts: true,
    lookbackDays: 1,
    now: () => ENDED + 3_600_000,
  });
  let dollars = 0;
  for await (const { rows } of source.read(undefined, {})) {
    dollars += rows.reduce((sum, { cpuMs = 0 }) => sum + toDollars(priceCpuMs(cpuMs, price)), 0);
  }
  return dollars;
}

it('bills on demand by the TiB: two of them at the shipped price, and nothing for what a reservation ran', async () => {
  expect(await billed('bytes', undefined)).toBeCloseTo(12.5, 6);
});

it('bills an edition by the slot-hour: four slot-seconds at the edition’s price, and nothing for bytes', async () => {
  expect(await billed('slots', 0.06)).toBeCloseTo((4 / 3600) * 0.06, 9);
});

it('meters what its own looking is billed, not how long it took: the catalog’s statements and a stream', async () => {
  const mib = new Set<number>();
  const told: string[] = [];
  const connector = await openBigquery({ ...targetOf(server), billing: 'bytes' });
  const onCost: OnCost = (purpose, { cpuMs }) => {
    told.push(purpose);
    mib.add(Math.round((cpuMs / 3_600_000) * 2 ** 20));
  };
  const metered = meterCatalog(meterConnector(connector, onCost), onCost);
  const before = server.jobs().length;

  await metered.readCatalog({ purpose: 'catalog' });
  for await (const _rows of metered.stream('select 1 as one', { purpose: 'history' })) {
    // Only its bill is of interest.
  }

  expect(told).toHaveLength(server.jobs().length - before);
  expect(new Set(told)).toEqual(new Set(['catalog', 'history']));
  // What the service bills a statement at least.
  expect(mib).toEqual(new Set([10]));
});
