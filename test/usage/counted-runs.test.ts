import { expect, it } from 'vitest';
import type { HistorySource } from '../../src/connectors/history-row.ts';
import { openStore } from '../../src/store/open-store.ts';
import { aRow, ingest } from './a-history.ts';

it('a row that stands for many runs counts as many, and its costs are their sums', async () => {
  const text = 'select id from orders where x = $1';
  const row = { ...aRow('a', { text, cpuMs: 300, durationMs: 330 }), runs: 3 };
  const source: HistorySource = {
    name: 'counters',
    async *read() {
      yield { rows: [row], bad: [], position: 'end' };
    },
    fetchTexts: async () => new Map(),
  };
  const store = openStore(':memory:');

  await ingest(store.usage, { source });

  const { facts } = store.usage.read({ fromDay: '2025-01-01', untilDay: '2026-12-31' });
  expect(facts).toMatchObject([
    { runs: 3, costedRuns: 3, cpuMs: 300, cpuMsSquared: 30_000, durationMs: 330 },
  ]);
});

it('a row that sets the cost of runs right adds no run, and takes off what was told too much', async () => {
  const told = { ...aRow('a', { cpuMs: 300 }), runs: 3 };
  const right = { ...aRow('a=120', { cpuMs: -180 }), runs: 0, corrects: { runs: 3, cpuMs: 300 } };
  const source: HistorySource = {
    name: 'counters',
    async *read(position) {
      yield position === 'told'
        ? { rows: [right], bad: [], position: 'right' }
        : { rows: [told], bad: [], position: 'told' };
    },
    fetchTexts: async () => new Map(),
  };
  const store = openStore(':memory:');

  await ingest(store.usage, { source });
  await ingest(store.usage, { source });

  const { facts } = store.usage.read({ fromDay: '2025-01-01', untilDay: '2026-12-31' });
  expect(facts).toMatchObject([
    { runs: 3, costedRuns: 3, cpuMs: 120, cpuMsSquared: 4800, sampleIds: ['a'] },
  ]);
});

it('a row that sets the cost of what is skipped right is skipped as no other statement', async () => {
  const told = { ...aRow('f', { cpuMs: 300 }), status: 'failed' as const, runs: 3 };
  const right = { ...told, id: 'f=120', runs: 0, corrects: { runs: 3, cpuMs: 300 } };
  const source: HistorySource = {
    name: 'counters',
    async *read() {
      yield { rows: [told, right], bad: [], position: 'end' };
    },
    fetchTexts: async () => new Map(),
  };

  const { skipped } = await ingest(openStore(':memory:').usage, { source });

  expect(skipped).toEqual({ 'failed-statements': 1 });
});
