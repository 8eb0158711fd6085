import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';
import { openConnector } from '../../../src/connectors/open-connector.ts';
import { warehouseSettings } from '../../../src/connectors/settings.ts';
import type { Action } from '../../../src/plan/action.ts';
import {
  build,
  DAY,
  type LoopSubject,
  type LoopWorld,
  openLoopWorld,
  SALES,
  START,
  salesDefinition,
  toVersion,
} from '../../conformance/loop-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-trouble-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('DuckDB in trouble', () => {
  const subject: LoopSubject = {
    name: 'duckdb',
    schema: 'main',
    types: { text: 'VARCHAR', bigint: 'BIGINT', sumOfMoney: 'DECIMAL(38,2)' },
    async open() {
      const connector = await openDuckdb({
        name: 'test',
        path: ':memory:',
        memoryLimit: '256MB',
        threads: 1,
      });
      return {
        connector,
        people: async (sql) => {
          await connector.execute(sql, { purpose: 'build' });
        },
        close: () => connector.close(),
      };
    },
  };
  const create: Action = {
    kind: 'create-mart',
    mart: SALES,
    definition: salesDefinition(subject),
  };
  let world: LoopWorld;

  beforeEach(async () => {
    world = await openLoopWorld(subject);
    await world.apply([create]);
  });
  afterEach(() => world.close());

  const readers = async () =>
    (await world.rows(`select sum(orders)::integer from ${SALES}`))[0]?.[0];

  it('names a table that was renamed; back under its name it is built, and readers have their answer', async () => {
    await world.people('alter table main.orders rename to orders_of_old');

    const { steps } = await world.apply([build(1)]);

    expect(steps).toMatchObject([{ outcome: 'failed', code: 'CONNECTOR_RELATION_MISSING' }]);
    expect(steps[0]?.detail).toMatch(/^[^\n]*orders[^\n]*$/);
    expect(await world.ledger.openEntries()).toEqual([]);
    await world.people('alter table main.orders_of_old rename to orders');
    expect(await readers()).toBe(400);
    const again = await world.apply([build(1), toVersion(1, START + DAY)]);
    expect(again.because).toMatch(/(is|are) done$/);
    expect(await readers()).toBe(400);
  });

  it('names the view of a schema that was dropped', async () => {
    await world.people('drop schema gold cascade');

    const { steps } = await world.apply([build(1)]);

    expect(steps).toMatchObject([{ outcome: 'failed' }]);
    expect(steps[0]?.detail).toMatch(/^[^\n]*gold\.sales_by_region[^\n]*$/);
    expect(await world.ledger.openEntries()).toEqual([]);
  });
});

describe('a DuckDB file', () => {
  const notOne = join(folder, 'notes.duckdb');
  writeFileSync(notOne, 'no database at all, but a file of notes\n'.repeat(200));

  it.for([
    ['a file that is not there', join(folder, 'no.duckdb'), 'WAREHOUSE_FILE_MISSING', 'no.duckdb'],
    ['a folder', folder, 'CONNECTOR_UNREACHABLE', 'warehouse.path'],
    ['a file of something else', notOne, 'CONNECTOR_DAMAGED', 'check the path'],
  ] as const)('tells %s in one sentence', async ([, path, code, says]) => {
    const settings = warehouseSettings.parse({ kind: 'duckdb', name: 'lake', path });

    await expect(openConnector({ settings })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(
        new RegExp(`^lake: [^\\n]*${says.replace('.', '\\.')}[^\\n]*$`),
      ),
    });
  });
});
