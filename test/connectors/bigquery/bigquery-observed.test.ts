import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { handTurnedClock } from '../../../src/base/clock.ts';
import { configSchema } from '../../../src/config/config.ts';
import { startGoldsmith } from '../../../src/daemon/start-goldsmith.ts';
import { seedJobs } from '../../servers/bigquery-jobs-seed.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';

const HOUR = 3_600_000;

let server: BigqueryServer;
let folder: string;
const now = Date.now();

beforeAll(async () => {
  server = await startBigquery();
  folder = mkdtempSync(join(tmpdir(), 'goldsmith-observed-'));
  await server.people(
    "create table shop.customers as select id::bigint as id, 'r' || (id % 4) as region from range(20) as t(id)",
  );
  await server.people(
    'create table shop.orders as select id::bigint as id, (id % 20)::bigint as customer_id, (id % 50)::bigint as amount from range(400) as t(id)',
  );
  await seedJobs(
    server,
    Array.from({ length: 100 }, (_, n) => ({
      id: `job${n}`,
      endedAt: now - 2 * HOUR - n * 30 * 60_000,
      user: `user${n % 3}@shop.example`,
      query: ASKED.replace("'x'", `'x${n}'`),
      bytes: 2 ** 38,
    })),
  );
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const ASKED =
  "select c.region, sum(o.amount) as amount from shop.orders as o join shop.customers as c on c.id = o.customer_id where c.region <> 'x' group by c.region";

async function cycle(mode: 'observe' | 'auto') {
  const config = configSchema.parse({
    mode,
    state: { path: join(folder, `${mode}.db`) },
    warehouse: {
      kind: 'bigquery',
      bigquery: {
        project: server.project,
        location: 'EU',
        apiEndpoint: server.endpoint,
        reader: { keyFile: server.keyFileOf('reader') },
        writer: { keyFile: server.keyFileOf('writer') },
      },
    },
    history: {
      source: 'bigquery-jobs',
      relation: '`region-eu`.INFORMATION_SCHEMA.JOBS',
      lookbackDays: 7,
    },
  });
  const goldsmith = await startGoldsmith({ config, clock: handTurnedClock(now) });
  try {
    return await goldsmith.cycle();
  } finally {
    await goldsmith.close();
  }
}

/** What was sent that is no question. */
function written() {
  return server
    .jobs()
    .filter(({ statementType }) => !/^(SELECT|.*_TRANSACTION)$/.test(statementType));
}

it('a cycle beside BigQuery understands every job and its bill, decides, and writes nothing', async () => {
  const { ingest, input, decision, applied } = await cycle('observe');

  expect(ingest).toMatchObject({ rows: 100, counted: 100, badRows: 0, newTemplates: 1 });
  // A quarter of a TiB a run, of which one counts as an hour.
  expect(input.usage.coverage).toMatchObject({
    statements: 100,
    resolvedCostShare: 1,
    cpuMs: 25 * HOUR,
  });
  expect(decision.plan.steps.length).toBeGreaterThan(0);
  expect(applied).toBeUndefined();
  expect(written()).toEqual([]);
});

it('a cycle that may act publishes what pays, as a view first', async () => {
  const { applied, decision } = await cycle('auto');

  expect(decision.plan.steps.length).toBeGreaterThan(0);
  expect(applied?.because).toMatch(/(step is|steps are) done$/);
  expect(written().map(({ statementType }) => statementType)).toContain('CREATE_VIEW');
});
