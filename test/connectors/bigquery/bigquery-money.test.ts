import { afterAll, beforeAll, expect, it } from 'vitest';
import { toDollars } from '../../../src/base/usd.ts';
import { loadPrices } from '../../../src/config/load-prices.ts';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import { workOf } from '../../../src/connectors/bigquery/contract.ts';
import { statisticsOf } from '../../../src/connectors/bigquery/job-resource.ts';
import { openJobsHistory } from '../../../src/connectors/bigquery/jobs-history.ts';
import { openConfiguredBigquery } from '../../../src/connectors/bigquery/open-configured.ts';
import { bigquerySettings } from '../../../src/connectors/bigquery/settings.ts';
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
    { id: 'slots', endedAt: ENDED, hash: 'h2', reservation: 'r1', edition: 'ENTERPRISE', bytes: 0 },
    {
      id: 'plus',
      endedAt: ENDED,
      hash: 'h3',
      reservation: 'r2',
      edition: 'ENTERPRISE PLUS',
      bytes: 0,
    },
  ]);
});
afterAll(() => server.stop());

async function billed(
  billing: 'bytes' | 'slots',
  {
    usdPerHour,
    slotHours,
  }: { readonly usdPerHour?: number; readonly slotHours?: Readonly<Record<string, number>> } = {},
) {
  const connector = await openBigquery({ ...targetOf(server), billing, slotHours });
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
  expect(await billed('bytes')).toBeCloseTo(12.5, 6);
});

it('bills an edition by the slot-hour: four slot-seconds a job at the edition’s price, and nothing for bytes', async () => {
  expect(await billed('slots', { usdPerHour: 0.06 })).toBeCloseTo((8 / 3600) * 0.06, 8);
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

it('bills both contracts of one project side by side, the slots by the prices of their editions; those without one are free', async () => {
  const slotHours = 4 / 3600;
  // Dearer than they are, so that four seconds show.
  const enterprise = { ENTERPRISE: 600 / 6.25 };
  const plus = { ENTERPRISE_PLUS: 1_000 / 6.25 };

  expect(await billed('bytes', { slotHours: enterprise })).toBeCloseTo(12.5 + slotHours * 600, 5);
  expect(await billed('bytes', { slotHours: { ...enterprise, ...plus } })).toBeCloseTo(
    12.5 + slotHours * 1_600,
    5,
  );
});

it.each([
  [{ reservation_id: 'r', edition: 'ENTERPRISE' }, 0.0096 * 4_000],
  [{ reservation_id: 'r', edition: 'STANDARD' }, 3_600_000 / 1024],
  [{}, 3_600_000 / 1024],
])(
  'counts a job of ours by its edition’s price, and by its bytes where that has none: %o',
  (how, ms) => {
    const job = statisticsOf({
      statistics: { ...how, totalSlotMs: '4000', query: { totalBytesBilled: String(2 ** 30) } },
    });

    expect(workOf(job, { billing: 'bytes', slotHours: { ENTERPRISE: 0.0096 } })).toBeCloseTo(ms, 9);
  },
);

it('takes prices of slots beside those of a TiB alone, as a ratio', async () => {
  const settings = {
    project: server.project,
    location: 'EU',
    apiEndpoint: server.endpoint,
    reader: { keyFile: server.keyFileOf('reader') },
    slotPrices: { usdPerTib: 6.25, enterprise: 0.06, enterprisePlus: 0.1 },
  };

  const connector = await openConfiguredBigquery({
    name: 'shop',
    connections: 2,
    settings: bigquerySettings.parse(settings),
    readOnly: true,
  });

  expect(connector.capabilities.slotHours).toEqual({ ENTERPRISE: 0.0096, ENTERPRISE_PLUS: 0.016 });
  expect(() => bigquerySettings.parse({ ...settings, billing: 'slots' })).toThrow('billing: bytes');
});
