import { expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { relationId } from '../../src/base/relation.ts';
import { nanoUsd } from '../../src/base/usd.ts';
import { workToDecide } from '../../src/daemon/work-to-decide.ts';
import type { WorkDone } from '../../src/marts/receipt.ts';

const NOW = Date.parse('2026-08-10T03:00:00Z');
const aWork = (kind: WorkDone['kind'], daysAgo: number): WorkDone => ({
  at: NOW - daysAgo * DAY_MS,
  relation: relationId({ schema: 'gold', name: 'sales' }),
  kind,
  cpuMs: 1,
  cost: nanoUsd(1n),
});

it('goes on telling what receipts debit and no mart is let go for, however long ago', () => {
  const work = [
    aWork('running', 90),
    aWork('first-use', 90),
    aWork('refresh', 90),
    aWork('refresh', 29),
    aWork('running', 1),
  ];

  const told = workToDecide(work, { now: NOW, evidenceDays: 30 });

  expect(told.map(({ kind, at }) => [kind, (NOW - at) / DAY_MS])).toEqual([
    ['running', 90],
    ['first-use', 90],
    ['refresh', 29],
    ['running', 1],
  ]);
});
