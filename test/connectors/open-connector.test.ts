import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { openConnector } from '../../src/connectors/open-connector.ts';
import { historySettings, warehouseSettings } from '../../src/connectors/settings.ts';

describe('opening the configured warehouse', () => {
  it.for(['postgres', 'snowflake', 'bigquery', 'databricks'])(
    'asks where %s is when that is not said',
    async (kind) => {
      const settings = warehouseSettings.parse({ kind });

      await expect(openConnector({ settings })).rejects.toMatchObject({
        code: 'WAREHOUSE_SERVER_MISSING',
        message: expect.stringContaining(`warehouse.${kind}`),
      });
    },
  );

  it('asks for a path when there is neither file nor instance', async () => {
    await expect(openConnector({ settings: warehouseSettings.parse({}) })).rejects.toMatchObject({
      code: 'WAREHOUSE_PATH_MISSING',
    });
  });

  it('does not make a warehouse where the path leads nowhere', async () => {
    const settings = warehouseSettings.parse({ path: 'no/such.duckdb' });

    await expect(openConnector({ settings })).rejects.toMatchObject({
      code: 'WAREHOUSE_FILE_MISSING',
      message:
        'warehouse: there is no file no/such.duckdb; set warehouse.path to the DuckDB file that is there (Goldsmith never makes one)',
    });
  });

  it('opens an application’s instance, to observe only where that is asked for', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const settings = warehouseSettings.parse({});

    const writing = await openConnector({ settings, instance });
    const observing = await openConnector({ settings, instance, readOnly: true });

    expect([writing.capabilities.canWrite, observing.capabilities.canWrite]).toEqual([true, false]);
    await writing.close();
    await observing.close();
    instance.closeSync();
  });

  it('opens a file of its own', async () => {
    const connector = await openConnector({
      settings: warehouseSettings.parse({ path: ':memory:' }),
    });

    expect((await connector.query('select 1', { purpose: 'facts' })).rows).toEqual([[1]]);
    await connector.close();
  });
});

describe('settings', () => {
  it('know no other names, so that a misspelt one is an error', () => {
    expect(warehouseSettings.safeParse({ memoryLimits: '1GiB' }).success).toBe(false);
    expect(
      historySettings.safeParse({ source: 'export', path: 'x', formats: 'auto' }).success,
    ).toBe(false);
  });

  it('want a size with its unit', () => {
    expect(warehouseSettings.safeParse({ memoryLimit: '1' }).error?.issues[0]?.message).toBe(
      'write a size with its unit, such as `2GiB` or `500MB`',
    );
  });
});
