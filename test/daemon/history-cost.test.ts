import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { handTurnedClock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { duckdbLogSetupSql } from '../../src/connectors/duckdb/log-setup-sql.ts';
import { openLogger } from '../../src/daemon/logger.ts';
import { startGoldsmith } from '../../src/daemon/start-goldsmith.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function startWith(history: object) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const setup = duckdbLogSetupSql();
  for (const sql of [
    'create table sales as select range as id, range % 7 as region from range(1000)',
    setup.once,
    ...setup.perConnection,
    'select region, count(*) from sales group by region',
  ]) {
    await connection.run(sql);
  }
  const config = parseConfig({
    file: 'test.yaml',
    text: JSON.stringify({
      mode: 'observe',
      warehouse: { name: 'app' },
      history,
      state: { path: join(mkdtempSync(join(folder, 'state-')), 'state.sqlite') },
    }),
    env: {},
  });
  const goldsmith = await startGoldsmith({
    config,
    clock: handTurnedClock(Date.now()),
    log: openLogger('silent'),
    instance,
  });
  return {
    goldsmith,
    close: async () => {
      await goldsmith.close();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

it('what reading the history cost in the warehouse is in the report, the status and the metrics', async () => {
  const { goldsmith, close } = await startWith({ source: 'duckdb-live-log' });

  const report = await goldsmith.once();

  expect(report.history.costUsd).toBeGreaterThan(0);
  expect(report.text).toMatch(/^history {3}[^\n]+\n {10}reading it cost \$0\.\d+$/m);
  expect((await goldsmith.status()).historyCostUsd).toBe(report.history.costUsd);
  const [, metered] =
    /goldsmith_own_cost_usd_total\{purpose="history"\} (\S+)/.exec(
      await goldsmith.metrics.text(),
    ) ?? [];
  expect(Number(metered)).toBeCloseTo(report.history.costUsd, 8);
  await close();
});

it('a history out of a file costs nothing there, and no line says so', async () => {
  const path = join(folder, 'history.jsonl');
  writeFileSync(path, '');
  const { goldsmith, close } = await startWith({ source: 'export', path });

  const report = await goldsmith.once();

  expect(report.history.costUsd).toBe(0);
  expect(report.text).not.toContain('reading it');
  await close();
});
