import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import { openHistory } from '../../../src/connectors/history/open-history.ts';
import { openConnector } from '../../../src/connectors/open-connector.ts';
import { historySettings, warehouseSettings } from '../../../src/connectors/settings.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

let server: BigqueryServer;

beforeAll(async () => {
  server = await startBigquery();
});
afterAll(() => server.stop());

function settings(change: object = {}) {
  return warehouseSettings.parse({
    kind: 'bigquery',
    bigquery: {
      project: server.project,
      location: 'EU',
      dataset: 'shop',
      apiEndpoint: server.endpoint,
      reader: { keyFile: server.keyFileOf('reader') },
      writer: { keyFile: server.keyFileOf('writer') },
      ...change,
    },
  });
}

describe('BigQuery as the settings describe it', () => {
  it('opens with a reader and a writer, and knows what bare names mean', async () => {
    const connector = await openConnector({ settings: settings() });

    const { rows } = await connector.query(connector.wording.objects.bareNames ?? '', {
      purpose: 'catalog',
    });
    expect(rows).toEqual([[server.project, 'shop']]);
    expect(connector.capabilities.canWrite).toBe(true);
    await connector.close();
    await expect(connector.query('select 1', { purpose: 'catalog' })).rejects.toMatchObject({
      code: 'CONNECTOR_CLOSED',
    });
  });

  it.for([
    [
      'a project that is not there',
      () => ({ project: 'nobody' }),
      'has no such project, or we may not see it; check warehouse.bigquery.project (Project nobody)',
    ],
    [
      'a writer’s key that is not taken',
      () => ({ writer: { keyFile: server.keyFileOf('stranger' as 'writer') } }),
      'did not let the writer sign in; check the file of warehouse.bigquery.writer.keyFile, whether it has expired, whether our clock is right (what it signs carries the time), and whether it may connect from here',
    ],
  ] as const)('tells %s in one sentence with the setting', async ([, change, sentence]) => {
    await expect(openConnector({ settings: settings(change()) })).rejects.toMatchObject({
      message: `warehouse: the warehouse ${sentence}`,
    });
  });

  it('tells an address where nobody listens in one sentence with the setting', async () => {
    const nowhere = { ...targetOf(server), apiEndpoint: 'http://127.0.0.1:9' };

    await expect(openBigquery(nowhere)).rejects.toMatchObject({
      code: 'CONNECTOR_UNREACHABLE',
      message:
        'test: the warehouse cannot be reached: nothing listens at 127.0.0.1:9; check warehouse.bigquery.apiEndpoint, the name server, and HTTPS_PROXY where a proxy stands between',
    });
  });

  it('signs in without a word of the driver on standard error', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      const connector = await openConnector({ settings: settings() });
      await connector.close();

      expect(warned.mock.calls).toEqual([]);
    } finally {
      warned.mockRestore();
    }
  });

  it('only looks where only looking is asked for: the service judges each statement before it runs, whatever the grants', async () => {
    const able = settings({ reader: { keyFile: server.keyFileOf('writer') } });
    const connector = await openConnector({ settings: able, readOnly: true });
    const options = { purpose: 'catalog' } as const;

    expect(connector.capabilities.canWrite).toBe(false);
    expect((await connector.query('select 1', options)).rows).toEqual([['1']]);
    await expect(connector.query('create schema gold', options)).rejects.toMatchObject({
      code: 'CONNECTOR_READ_ONLY',
    });
    await expect(connector.execute('create schema gold', options)).rejects.toMatchObject({
      code: 'CONNECTOR_READ_ONLY',
    });
    const inside = await connector.transaction((session) => session.query('select 2', options), {
      ...options,
      readOnly: true,
    });
    expect(inside.rows).toEqual([['2']]);
  });

  it('names the credential file that is not there', async () => {
    const missing = settings({ reader: { keyFile: 'no/such.json' } });

    await expect(openConnector({ settings: missing })).rejects.toMatchObject({
      code: 'WAREHOUSE_FILE_MISSING',
      message: expect.stringContaining('no/such.json'),
    });
  });

  it('has its jobs for a history', async () => {
    const connector = await openConnector({ settings: settings() });
    const history = historySettings.parse({
      source: 'bigquery-jobs',
      relation: '`region-eu`.INFORMATION_SCHEMA.JOBS',
      lookbackDays: 1,
    });
    const now = () => Date.UTC(2026, 0, 2);
    const source = await openHistory({ settings: history, connector, now });

    let through = '';
    for await (const { rows, position } of source.read(undefined, {})) {
      expect(rows).toEqual([]);
      through = position;
    }
    expect(JSON.parse(through)).toMatchObject({ through: Date.UTC(2026, 0, 1, 23) });
  });
});
