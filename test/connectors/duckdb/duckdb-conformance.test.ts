import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll } from 'vitest';
import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';
import { connectorConformance } from '../../conformance/connector-conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-test-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const duckdb = {
  schema: 'main',
  endlessSql: 'select count(*) from range(1000000000000)',
  rowsSql: (count: number) => `select range as n from range(${count})`,
};

connectorConformance({
  ...duckdb,
  name: 'embedded duckdb',
  database: 'memory',
  open: async () => openDuckdb({ name: 'test', instance: await DuckDBInstance.create(':memory:') }),
});

connectorConformance({
  ...duckdb,
  name: 'standalone duckdb',
  database: 'warehouse',
  open: () =>
    openDuckdb({
      name: 'test',
      path: join(mkdtempSync(join(folder, 'db-')), 'warehouse.duckdb'),
      memoryLimit: '500MB',
      threads: 2,
    }),
});
