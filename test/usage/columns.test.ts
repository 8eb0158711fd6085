import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { columnUsage } from '../../src/usage/columns.ts';
import { aHistoryFile, aRow, ingest, NOON } from './a-history.ts';

const year = { fromDay: '2025-01-01', untilDay: '2026-12-31' };

describe('column use', () => {
  it('keeps named use apart from stars, per day and reader', async () => {
    using file = aHistoryFile([
      aRow('a', { text: 'select id from orders' }),
      aRow('b', { text: 'select * from orders', user: 'bob', endedAt: NOON - DAY_MS }),
    ]);
    const store = openStore(':memory:');
    await ingest(store.usage, { source: file.source() });
    file.append([aRow('c', { text: 'select * from orders' })]);

    await ingest(store.usage, { source: file.source() });

    const ana = { kind: 'person', name: 'ana', tool: '' };
    expect(columnUsage(store.usage.columnReads(year))).toEqual([
      {
        relation: 'main.orders',
        column: 'id',
        namedDays: 1,
        lastNamedDay: '2026-03-10',
        starDays: 1,
        lastStarDay: '2026-03-09',
        namedBy: [ana],
      },
      {
        relation: 'main.orders',
        column: 'name',
        namedDays: 0,
        starDays: 2,
        lastStarDay: '2026-03-10',
        namedBy: [],
      },
    ]);
  });

  it('outlives the facts it came from', async () => {
    using file = aHistoryFile([
      aRow('a', { text: 'select id from orders', endedAt: NOON - 390 * DAY_MS }),
      aRow('b', { text: 'select id from older', endedAt: NOON - 401 * DAY_MS }),
      aRow('c', { text: 'select id from recent' }),
    ]);
    const store = openStore(':memory:');

    await ingest(store.usage, { source: file.source() });

    expect(store.usage.read(year).templates.map(({ normalForm }) => normalForm)).toEqual([
      'select id from recent',
    ]);
    expect(columnUsage(store.usage.columnReads(year)).map(({ relation }) => relation)).toEqual([
      'main.orders',
      'main.recent',
    ]);
  });

  it('is not counted for statements that failed', async () => {
    using file = aHistoryFile([
      aRow('a', { text: 'select id from orders' }),
      aRow('b', { text: 'select id from orders', status: 'failed', user: 'bob' }),
    ]);
    const store = openStore(':memory:');

    await ingest(store.usage, { source: file.source() });

    const readers = [...store.usage.columnReads(year)].map(({ reader }) => reader.name);
    expect(readers).toEqual(['ana']);
  });
});
