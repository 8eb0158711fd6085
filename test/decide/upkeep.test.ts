import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { noMoney } from '../../src/base/usd.ts';
import { measuredWork } from '../../src/decide/upkeep.ts';
import type { WorkDone } from '../../src/marts/receipt.ts';
import { aMart } from '../builders/a-mart.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;

describe('the measured upkeep of a mart', () => {
  const mart = aMart({
    relation: relationId({ schema: 'gold', name: 'sales' }),
    origin: 'candidate',
    sql: 'select 1 as one',
    columns: [{ name: 'one', type: 'INTEGER' }],
    sources: [],
    obligations: [],
    maxStalenessMs: DAY,
  });
  const refreshes = (days: number): readonly WorkDone[] =>
    Array.from({ length: days }, (_, ago) => ({
      at: NOW - (ago + 0.5) * DAY,
      relation: mart.definition.relation,
      kind: 'refresh',
      cpuMs: 1000,
      cost: noMoney,
    }));

  it.for([4, 10, 14, 60])('stays what it is a day, %s days after the flip', (days) => {
    const measured = measuredWork(mart, {
      workDone: refreshes(Math.min(days, 14)),
      now: NOW,
      physicalSince: NOW - days * DAY,
      workDays: 14,
    });

    expect(measured.upkeepCpuMsPerDay).toBeCloseTo(1000, -2);
  });

  it('does not count what is done once: the first use of a kind of statement', () => {
    const once: WorkDone = {
      at: NOW - DAY / 3,
      relation: mart.definition.relation,
      kind: 'first-use',
      cpuMs: 50_000,
      cost: noMoney,
    };
    const measured = measuredWork(mart, {
      workDone: [...refreshes(10), once],
      now: NOW,
      physicalSince: NOW - 10 * DAY,
      workDays: 14,
    });

    expect(measured.upkeepCpuMsPerDay).toBeCloseTo(1000, -2);
  });
});
