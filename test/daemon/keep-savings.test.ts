import { afterEach, beforeEach, expect, it } from 'vitest';
import { DAY_MS, handTurnedClock } from '../../src/base/clock.ts';
import { relationId } from '../../src/base/relation.ts';
import { nanoUsd } from '../../src/base/usd.ts';
import { keepCarriedOut } from '../../src/daemon/keep-savings.ts';
import { openMemory } from '../../src/daemon/memory.ts';
import type { Action } from '../../src/plan/action.ts';
import { makePlanValue } from '../../src/plan/plan.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';

const NOW = Date.parse('2026-08-10T03:00:00Z');
const mart = relationId({ schema: 'gold', name: 'sales' });
const table = relationId({ schema: 'gold_data', name: 'sales__v2' });
const back: Action = { kind: 'repoint-view', mart, to: { kind: 'logical' } };
const forth: Action = {
  kind: 'repoint-view',
  mart,
  to: { kind: 'version', version: 2, table, freshUntil: NOW + DAY_MS },
};

let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
});
afterEach(() => store.close());

it.each([
  {
    title: 'goes on when a stale mart was refreshed in the same plan',
    second: 'done',
    ends: false,
  },
  {
    title: 'ends when the refresh failed and the mart stayed a view',
    second: 'failed',
    ends: true,
  },
] as const)('a decision $title', ({ second, ends }) => {
  const memory = openMemory(store.documents);
  memory.carriedOut.put('d1', {
    decision: 'd1',
    relation: mart,
    physicalSince: NOW - 3 * DAY_MS,
    rolledBack: false,
    predictedNetPerDay: nanoUsd(0n),
    predictedMsPerDay: 0,
  });
  const steps = [back, forth].map((action) => ({ action, because: '', evidence: {} }));
  const plan = makePlanValue({ madeAt: NOW, expiresAt: NOW + DAY_MS, steps });
  const ended = { code: '', detail: '', evidence: {} };

  keepCarriedOut(
    { memory, clock: handTurnedClock(NOW) },
    {
      plan,
      outcome: {
        planDigest: plan.digest,
        kind: 'applied',
        because: '',
        steps: [
          { action: back, outcome: 'done', ...ended },
          { action: forth, outcome: second, ...ended },
        ],
        work: [],
      },
      predictedMs: () => 0,
    },
  );

  expect(memory.carriedOut.list().map(({ rolledBack }) => rolledBack)).toEqual([ends]);
});
