import { describe, expect, it } from 'vitest';
import { idleSpells, revivalHazard } from '../../src/prune/revival.ts';

describe('the hazard of revival', () => {
  it('believes in one revival of two before anything was seen', () => {
    expect(revivalHazard([]).revivesWithin({ idle: 100, horizon: 100 })).toBe(0.5);
  });

  it('is the share of as long spells that ended within the horizon', () => {
    const spells = [
      ...Array.from({ length: 20 }, () => ({ days: 150, ended: true })),
      ...Array.from({ length: 80 }, () => ({ days: 400, ended: false })),
    ];

    expect(revivalHazard(spells).revivesWithin({ idle: 100, horizon: 100 })).toBeCloseTo(0.2, 1);
    expect(revivalHazard(spells).revivesWithin({ idle: 200, horizon: 100 })).toBeLessThan(0.01);
  });

  it('takes spells that are still open as seen until now only', () => {
    const spells = [
      { days: 120, ended: false },
      { days: 130, ended: true },
    ];

    expect(revivalHazard(spells).revivesWithin({ idle: 100, horizon: 100 })).toBeCloseTo(
      2.5 / 3,
      5,
    );
  });

  it('reads spells out of days', () => {
    expect(idleSpells([3, 10], { today: 50 })).toEqual([
      { days: 7, ended: true },
      { days: 40, ended: false },
    ]);
  });
});
