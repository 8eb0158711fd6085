import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallOptions, Connector } from '../../src/connectors/connector.ts';
import { openDuckdb } from '../../src/connectors/duckdb/duckdb-connector.ts';
import { readOnlyConnector } from '../../src/connectors/read-only-connector.ts';

describe('a connector that only observes', () => {
  const options: CallOptions = { purpose: 'build' };
  let writing: Connector;
  let observing: Connector;

  beforeAll(async () => {
    writing = await openDuckdb({
      name: 'shop',
      path: ':memory:',
      memoryLimit: '500MB',
      threads: 2,
    });
    await writing.execute('create table t as select range as n from range(10000)', options);
    observing = readOnlyConnector(writing);
  });
  afterAll(() => observing.close());

  it('says it cannot write', () => {
    expect(observing.capabilities).toEqual({ ...writing.capabilities, canWrite: false });
  });

  it('refuses to execute, and names the purpose', async () => {
    await expect(observing.execute('drop table t', options)).rejects.toMatchObject({
      code: 'CONNECTOR_READ_ONLY',
      message: expect.stringContaining(
        'a statement to build was refused: this connector only observes',
      ),
    });
  });

  it('refuses a writing transaction before it begins', async () => {
    let began = false;
    const refused = observing.transaction(
      async () => {
        began = true;
      },
      { ...options, readOnly: false },
    );

    await expect(refused).rejects.toMatchObject({ code: 'CONNECTOR_READ_ONLY' });
    expect(began).toBe(false);
  });

  it('refuses to execute within a reading transaction', async () => {
    const refused = observing.transaction((session) => session.execute('drop table t', options), {
      ...options,
      readOnly: true,
    });

    await expect(refused).rejects.toMatchObject({ code: 'CONNECTOR_READ_ONLY' });
  });

  it('lets the warehouse refuse a write that comes as a query or a stream', async () => {
    await expect(observing.query('delete from t', options)).rejects.toMatchObject({
      code: 'CONNECTOR_READ_ONLY',
    });
    await expect(
      observing.stream('delete from t', options)[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject({ code: 'CONNECTOR_READ_ONLY' });
  });

  it('reads: queries, catalog, streams to their end and streams left early', async () => {
    let rows = 0;
    for await (const chunk of observing.stream('select * from t', options)) {
      rows += chunk.length;
    }
    for await (const chunk of observing.stream('select * from t', options)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }

    expect(rows).toBe(10_000);
    expect((await observing.query('select count(*) from t', options)).rows).toEqual([['10000']]);
    expect(await observing.readCatalog(options)).toHaveLength(1);
  });
});
