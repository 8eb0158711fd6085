import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { usd } from '../../../src/base/usd.ts';
import { capsUsed } from '../../../src/daemon/caps-used.ts';
import { outlook } from '../../../src/daemon/doctor/tonight.ts';
import { ticksBetween } from '../../../src/daemon/next-ticks.ts';
import { capsSettings } from '../../../src/materializer/settings.ts';

const NOW = Date.parse('2026-08-03T12:00:00Z');
const NIGHTLY = ticksBetween('0 3 * * *', { from: NOW, until: NOW + DAY_MS });

function tonight(
  settings: Readonly<Record<string, unknown>> = {},
  parts: {
    readonly isKilled?: boolean;
    readonly ticks?: readonly number[];
    readonly spent?: number;
  } = {},
) {
  const caps = capsSettings.parse(settings);
  const used = capsUsed({
    caps,
    marts: [],
    buildsToday: [],
    spentToday: usd(parts.spent ?? 0),
  });
  return outlook({
    config: { mode: 'auto', caps },
    now: NOW,
    ticks: parts.ticks ?? NIGHTLY,
    isKilled: parts.isKilled ?? false,
    caps: used,
  });
}

describe('the ticks of a schedule', () => {
  it('are the minutes a cron expression names, in UTC', () => {
    expect(NIGHTLY).toEqual([Date.parse('2026-08-04T03:00:00Z')]);
    expect(ticksBetween('*/15 * * * *', { from: NOW, until: NOW + HOUR_MS })).toHaveLength(4);
  });

  it('leave seconds out, and may be none', () => {
    expect(ticksBetween('30 */30 * * * *', { from: NOW, until: NOW + HOUR_MS })).toHaveLength(2);
    expect(ticksBetween('0 3 1 1 *', { from: NOW, until: NOW + DAY_MS })).toEqual([]);
  });
});

describe('tonight', () => {
  it('may build at the next cycle where nothing holds back', () => {
    expect(tonight()).toEqual({ kind: 'may-build', at: NIGHTLY[0], because: [] });
  });

  it('stands still when the only cycle falls into the quiet hours', () => {
    expect(tonight({ quietHours: { from: '22:00', until: '06:00' } })).toEqual({
      kind: 'stands-still',
      because: ['quiet hours run from 22:00 to 06:00 UTC: no build or refresh is begun'],
    });
  });

  it('builds after a freeze window that ends before the last cycle, and says until when it waits', () => {
    const window = { from: '2026-08-03T00:00:00Z', until: '2026-08-03T18:00:00Z' };
    const ticks = ticksBetween('0 */3 * * *', { from: NOW, until: NOW + DAY_MS });

    expect(tonight({ freezeWindows: [window] }, { ticks })).toEqual({
      kind: 'may-build',
      at: Date.parse('2026-08-03T18:00:00Z'),
      because: ['a freeze window runs until 2026-08-03T18:00:00Z: nothing is changed before'],
    });
  });

  it('stands still while the kill switch is on, and names its file', () => {
    expect(tonight({ killSwitchFile: '/etc/stop' }, { isKilled: true })).toEqual({
      kind: 'stands-still',
      because: [
        'the kill switch is on (file /etc/stop exists): nothing is changed until it is removed',
      ],
    });
  });

  it('waits for the next UTC day where the money of this one is spent', () => {
    const ticks = ticksBetween('0 */6 * * *', { from: NOW, until: NOW + DAY_MS });

    expect(tonight({ maxBuildUsdPerDay: 2 }, { spent: 2, ticks })).toEqual({
      kind: 'may-build',
      at: Date.parse('2026-08-04T00:00:00Z'),
      because: [
        '$2.00 of $2.00 were spent on builds today: the next may begin at 00:00 UTC, or raise caps.maxBuildUsdPerDay',
      ],
    });
  });

  it('stands still where no build is allowed on any day', () => {
    expect(tonight({ buildsPerDay: 0 })).toEqual({
      kind: 'stands-still',
      because: ['0 of 0 builds were begun today: raise caps.buildsPerDay'],
    });
  });

  it('stands still where the schedule starts no cycle at all', () => {
    expect(tonight({}, { ticks: [] })).toEqual({
      kind: 'stands-still',
      because: ['schedule.cron starts no cycle in this time'],
    });
  });
});
