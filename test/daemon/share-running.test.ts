import { afterEach, beforeEach, expect, it } from 'vitest';
import { handTurnedClock } from '../../src/base/clock.ts';
import { relationId } from '../../src/base/relation.ts';
import { nanoUsd } from '../../src/base/usd.ts';
import { openMemory } from '../../src/daemon/memory.ts';
import { openRunningCost } from '../../src/daemon/running-cost.ts';
import { shareRunning } from '../../src/daemon/share-running.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';

const NOW = Date.parse('2026-08-10T03:00:00Z');
const UNPAID = 'running-cost';
let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
});
afterEach(() => store.close());

it('debits what waited for the first mart once, though it is cut off before that is noted', () => {
  const { documents } = store;
  const memory = openMemory(documents);
  memory.carriedOut.put('d1', {
    decision: 'd1',
    relation: relationId({ schema: 'gold', name: 'sales' }),
    physicalSince: NOW,
    rolledBack: false,
    predictedNetPerDay: nanoUsd(0n),
    predictedMsPerDay: 0,
  });
  documents.put(UNPAID, 'unpaid', { cpuMs: 300 });
  const engine = {
    memory,
    running: openRunningCost(0),
    clock: handTurnedClock(NOW),
    priceCpu: () => nanoUsd(1n),
  };
  const full = (kind: string, key: string, value: unknown) => {
    if (kind === UNPAID) {
      throw new Error('the disk is full');
    }
    documents.put(kind, key, value);
  };

  const cutOff = { documents: { ...documents, put: full } };
  expect(() => shareRunning({ ...engine, store: { ...store, ...cutOff } })).toThrow('full');
  expect(memory.work.list()).toEqual([]);

  shareRunning({ ...engine, store });
  shareRunning({ ...engine, store });
  expect(memory.work.list().reduce((sum, { cpuMs }) => sum + cpuMs, 0)).toBe(300);
});
