import { describe, expect, it } from 'vitest';
import { type NanoUsd, nanoUsd, usd } from '../../src/base/usd.ts';
import { type ReserveParts, reserve } from '../../src/decide/reservation.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');

/** Nothing until the season `start` days from now, which lasts three days. */
function seasons(start: number, each = 30): readonly NanoUsd[] {
  const isOn = (day: number) => (day - start + 30 * 30) % 30 < 3;
  return Array.from({ length: 95 }, (_, day) => usd(isOn(day) ? each : 0));
}

function ask(changes: Partial<ReserveParts>) {
  return reserve({
    path: seasons(9),
    upkeepPerDay: usd(1),
    buildCost: usd(40),
    isPhysical: false,
    seasonsSeen: 3,
    now: NOW,
    ...changes,
  });
}

describe('a reservation by the calendar', () => {
  it('waits while the season is far and upkeep would be paid for nothing', () => {
    expect(ask({})).toEqual({ kind: 'none' });
  });

  it('builds on the day before which it would be too early', () => {
    expect(ask({ path: seasons(0) })).toMatchObject({
      kind: 'build',
      from: '2026-03-20',
      until: '2026-03-22',
      seasonSaves: usd(90),
    });
  });

  it('keeps a mart over quiet weeks that cost less than building it again', () => {
    expect(ask({ isPhysical: true })).toMatchObject({
      kind: 'keep',
      from: '2026-03-29',
      until: '2026-03-31',
      saves: usd(31),
    });
  });

  it('lets a mart go until the season where keeping it costs more than building it again', () => {
    expect(ask({ isPhysical: true, upkeepPerDay: usd(8) })).toMatchObject({
      kind: 'let-go',
      from: '2026-03-29',
    });
  });

  it('lets it go where the quiet weeks cost more than building it again, though each of their days costs little', () => {
    // 9 days at 5 are 45 and a build is 40: no day alone is a tenth of it.
    expect(ask({ isPhysical: true, upkeepPerDay: usd(5) })).toMatchObject({
      kind: 'let-go',
      saves: usd(5),
    });
    expect(ask({ isPhysical: true, upkeepPerDay: usd(4.8) })).toEqual({ kind: 'none' });
  });

  it('does not build for a season that does not pay for it', () => {
    expect(ask({ path: seasons(0, 10), buildCost: usd(100) })).toEqual({ kind: 'none' });
  });

  it('does not rest on a single season, which may be chance', () => {
    expect(ask({ path: seasons(0), seasonsSeen: 1 })).toEqual({ kind: 'none' });
  });

  it('says nothing of demand without seasons, or without any', () => {
    expect(ask({ seasonsSeen: undefined, isPhysical: true })).toEqual({ kind: 'none' });
    expect(ask({ path: seasons(0).map(() => nanoUsd(0n)), isPhysical: true })).toEqual({
      kind: 'none',
    });
  });
});
