import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import type { StatementCost } from '../../src/connectors/connector.ts';
import { openDuckdb } from '../../src/connectors/duckdb/duckdb-connector.ts';
import { meterCatalog, meterConnector } from '../../src/prove/metered.ts';

it('tells what a statement cost that was cancelled at its limit, in and out of transactions', async () => {
  const plain = await openDuckdb({ name: 'w', instance: await DuckDBInstance.create(':memory:') });
  const told: (readonly [string, number])[] = [];
  const connector = meterConnector(plain, (purpose, { cpuMs }) => told.push([purpose, cpuMs]));
  const endless = 'select count(*) from range(1000000000) a, range(1000) b where a.range % 7 = 3';
  const options = { purpose: 'build', timeoutMs: 60 } as const;

  await expect(connector.query(endless, options)).rejects.toMatchObject({
    code: 'CONNECTOR_TIMEOUT',
  });
  await expect(
    connector.transaction((session) => session.execute(endless, options), {
      readOnly: true,
      purpose: 'build',
    }),
  ).rejects.toMatchObject({ code: 'CONNECTOR_TIMEOUT' });

  expect(told.map(([purpose]) => purpose)).toEqual(['build', 'build']);
  expect(Math.min(...told.map(([, cpuMs]) => cpuMs))).toBeGreaterThan(40);
  await connector.close();
});

it('tells what a statement was about, by its own word or its transaction’s', async () => {
  const plain = await openDuckdb({ name: 'w', instance: await DuckDBInstance.create(':memory:') });
  const told: (string | undefined)[] = [];
  const connector = meterConnector(plain, (_purpose, _cost, about) => told.push(about));
  const [sales, orders] = ['sales', 'orders'].map((name) => relationId({ schema: 'gold', name }));

  await connector.query('select 1', { purpose: 'freshness', about: orders });
  await connector.query('select 1', { purpose: 'catalog' });
  await connector.transaction(
    async (session) => {
      await session.query('select 1', { purpose: 'verify' });
      await session.query('select 1', { purpose: 'verify', about: orders });
    },
    { readOnly: true, purpose: 'verify', about: sales },
  );

  expect(told).toEqual([orders, undefined, sales, orders]);
  await connector.close();
});

it('tells what reading the catalog took, no more than the process worked where the engine is in it', async () => {
  const told: [string, number][] = [];
  const plain = await openDuckdb({ name: 'w', instance: await DuckDBInstance.create(':memory:') });
  const connector = meterCatalog(plain, (purpose, { cpuMs, durationMs }) => {
    told.push([purpose, cpuMs]);
    expect(cpuMs).toBeLessThanOrEqual(durationMs);
  });

  await connector.readCatalog({ purpose: 'catalog' });
  await plain.close();

  expect(told).toEqual([['catalog', expect.any(Number)]]);
  expect(told[0]?.[1]).toBeGreaterThan(0);
});

it('tells what a stream took, read to its end, left early and failed, to each of two meters', async () => {
  const plain = await openDuckdb({ name: 'w', instance: await DuckDBInstance.create(':memory:') });
  const told: string[] = [];
  const meter = (by: string) => (purpose: string, cost: StatementCost) =>
    told.push(
      `${by}: ${purpose}, ${cost.rowsReturned} rows${cost.cpuMs > 0 ? '' : ' for nothing'}`,
    );
  const connector = meterConnector(meterConnector(plain, meter('inner')), meter('outer'));
  const read = async (sql: string, most: number) => {
    let rows = 0;
    for await (const chunk of connector.stream(sql, { purpose: 'history' })) {
      rows += chunk.length;
      if (rows >= most) {
        break;
      }
    }
  };

  await read('select range from range(5000)', 1_000_000);
  await read('select range from range(1000000)', 1);
  await expect(
    read("select case when range < 4096 then 1 else error('late') end from range(100000)", 1e9),
  ).rejects.toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
  await connector.close();

  expect(
    told.map((line) => line.replace(/\d+ rows/, (rows) => (rows === '5000 rows' ? rows : 'some'))),
  ).toEqual(
    ['5000 rows', 'some', 'some'].flatMap((rows) => [
      `inner: history, ${rows}`,
      `outer: history, ${rows}`,
    ]),
  );
});
