import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { takeUsageSnapshot } from '../../src/usage/snapshot.ts';
import { aHistoryFile, aRow, ingest, NOON } from './a-history.ts';

describe('takeUsageSnapshot', () => {
  it('holds what was used within the window, and how much of it was understood', async () => {
    using file = aHistoryFile([
      aRow('a', { text: 'select id from orders', cpuMs: 60 }),
      aRow('b', { text: 'select id from unreadable', cpuMs: 30 }),
      aRow('c', { text: 'select 1' }),
      { id: 'd', text: 'select id from orders', endedAt: NOON, cpuMs: 10, status: 'success' },
      aRow('e', { text: 'select id from orders', status: 'unknown', cpuMs: 1000 }),
      aRow('old', { text: 'select id from before', endedAt: NOON - 20 * DAY_MS }),
    ]);
    const store = openStore(':memory:');
    await ingest(store.usage, { source: file.source() });
    store.routeAsks.record({
      client: 'App',
      role: '',
      fingerprint: 'f',
      day: '2026-03-10',
      outcome: 'refused',
    });

    const usage = takeUsageSnapshot(
      { from: NOON - 14 * DAY_MS, until: NOON + 1 },
      { log: store.usage, routeAsks: store.routeAsks },
    );

    expect(usage.templates.map(({ normalForm }) => normalForm).toSorted()).toEqual([
      'select id from orders',
      'select id from unreadable',
    ]);
    expect(usage.coverage).toEqual({
      statements: 4,
      parsedShare: 0.75,
      resolvedShare: 0.75,
      attributedShare: 0.75,
      costedShare: 0.75,
      cpuMs: 100,
      parsedCostShare: 0.7,
      resolvedCostShare: 0.7,
      attributedCostShare: 0.9,
      skipped: { 'bi-heartbeats': 1 },
      notUnderstood: { 'no grammar accepted it': 1 },
    });
    expect(usage.routeClients).toEqual(['app']);
  });

  it('covers everything when there was nothing', () => {
    const store = openStore(':memory:');

    const { coverage } = takeUsageSnapshot(
      { from: NOON - DAY_MS, until: NOON },
      { log: store.usage, routeAsks: store.routeAsks },
    );

    expect(coverage).toMatchObject({ statements: 0, parsedShare: 1, attributedCostShare: 1 });
  });
});
