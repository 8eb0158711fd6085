import { describe, expect, it } from 'vitest';
import { decayWeight } from '../../src/usage/decay.ts';

const decay = { now: Date.parse('2026-03-10T18:00:00Z'), halfLifeDays: 7 };

describe('decayWeight', () => {
  it.each([
    { day: '2026-03-10', weight: 1 },
    { day: '2026-03-03', weight: 0.5 },
    { day: '2026-02-24', weight: 0.25 },
    { day: '2026-03-12', weight: 1 },
  ])('is $weight for a run on $day', ({ day, weight }) => {
    expect(decayWeight(day, decay)).toBe(weight);
  });
});
