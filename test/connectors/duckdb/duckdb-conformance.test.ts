import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';
import { connectorConformance } from '../../conformance/connector-conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-test-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const duckdb = {
  schema: 'main',
  hasNoSignIn: true as const,
  written: { text: 'varchar', double: 'double', moment: 'timestamp', zoned: 'timestamptz' },
  told: { bigint: 'BIGINT', integer: 'INTEGER', text: 'VARCHAR' },
  endlessSql: 'select count(*) from range(1000000000000)',
  rowsSql: (count: number) => `select range as n from range(${count})`,
  catalog: {},
  transactions: {},
};

connectorConformance({
  ...duckdb,
  name: 'embedded duckdb',
  async open() {
    const instance = await DuckDBInstance.create(':memory:');
    return besides(await openDuckdb({ name: 'test', instance }));
  },
});

connectorConformance({
  ...duckdb,
  name: 'standalone duckdb',
  async open() {
    const path = join(mkdtempSync(join(folder, 'db-')), 'warehouse.duckdb');
    return besides(await openDuckdb({ name: 'test', path, memoryLimit: '500MB', threads: 2 }));
  },
});

function besides(connector: Connector) {
  return { connector, close: () => connector.close() };
}
