import { describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import type { TemplateMeasure } from '../../src/savings/baseline.ts';
import { findSlower } from '../../src/savings/find-slower.ts';

interface Sides {
  readonly base?: Partial<TemplateMeasure['base']>;
  readonly served?: Partial<TemplateMeasure['served']>;
}

function aMeasure({ base, served }: Sides): TemplateMeasure {
  return {
    fingerprint: 'f',
    mart: 'gold.m' as RelationId,
    method: 'hold-out',
    base: { runs: 3, cpuMs: 10, durationMs: 10, ...base },
    served: { runs: 3, cpuMs: 11.5, durationMs: 11.5, ...served },
  };
}

const slower = (sides: Sides) => findSlower([aMeasure(sides)], { leastRuns: 3 }).length === 1;

describe('templates a mart made slower', () => {
  it('take 15 % longer in reader time and in thread time', () => {
    expect(slower({})).toBe(true);
    expect(slower({ served: { durationMs: 11.4 } })).toBe(false);
    expect(slower({ served: { cpuMs: 11.4 } })).toBe(false);
  });

  it('were measured often enough on both sides', () => {
    expect(slower({ base: { runs: 2 } })).toBe(false);
    expect(slower({ served: { runs: 2 } })).toBe(false);
  });

  it('are told in their order with what a run takes', () => {
    const two = ['b', 'a'].map((fingerprint) => ({ ...aMeasure({}), fingerprint }));

    expect(findSlower(two, { leastRuns: 3 })).toEqual([
      { fingerprint: 'a', baseMs: 10, martMs: 11.5 },
      { fingerprint: 'b', baseMs: 10, martMs: 11.5 },
    ]);
  });
});
