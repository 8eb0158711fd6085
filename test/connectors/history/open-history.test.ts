import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';
import { openHistory } from '../../../src/connectors/history/open-history.ts';
import { historySettings } from '../../../src/connectors/settings.ts';

describe('opening the configured history', () => {
  it.for([
    { source: 'export', path: '/nowhere/history.jsonl' },
    { source: 'duckdb-log', path: '/nowhere' },
  ])('$source that is not there is told by the first read, not by opening', async (settings) => {
    const instance = await DuckDBInstance.create(':memory:');
    const connector = await openDuckdb({ name: 'shop', instance });

    const history = await openHistory({ settings: historySettings.parse(settings), connector });

    await expect(history.read(undefined, {})[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'HISTORY_MISSING',
    });
    await connector.close();
    instance.closeSync();
  });

  it('reads a live log that nobody switched on as an empty history', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connector = await openDuckdb({ name: 'shop', instance });

    const settings = historySettings.parse({ source: 'duckdb-live-log' });
    const history = await openHistory({ settings, connector });

    for await (const { rows, bad } of history.read(undefined, {})) {
      expect([rows, bad]).toEqual([[], []]);
    }
    await connector.close();
    instance.closeSync();
  });
});
