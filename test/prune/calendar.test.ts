import { describe, expect, it } from 'vitest';
import { calendarRead } from '../../src/prune/calendar.ts';

const day = (text: string) => Date.parse(text) / 86_400_000;
const TODAY = day('2026-11-22');

describe('reads by the calendar', () => {
  it.for([
    [
      'quarter',
      ['2026-01-08', '2026-01-09', '2026-04-08', '2026-07-08', '2026-10-07'],
      '2027-01-06',
    ],
    ['quarter', ['2026-04-03', '2026-10-05'], '2027-01-04'],
    ['month', ['2026-08-01', '2026-09-01', '2026-10-02', '2026-11-01'], '2026-12-01'],
    ['year', ['2025-11-30'], undefined],
    ['year', ['2025-12-30'], '2026-12-30'],
  ] as const)('are told: %s', ([rhythm, days, next]) => {
    const read = calendarRead(days.map(day), { today: TODAY });

    expect(
      read === undefined
        ? undefined
        : new Date(read.nextDay * 86_400_000).toISOString().slice(0, 10),
    ).toBe(next);
    expect(read?.rhythm).toBe(next === undefined ? undefined : rhythm);
  });

  it('are over when the visit that was due did not come', () => {
    expect(
      calendarRead([day('2025-10-05'), day('2026-01-05'), day('2026-04-05')], { today: TODAY }),
    ).toBeUndefined();
  });

  it('are not seen in visits at odd times', () => {
    expect(
      calendarRead([day('2026-05-03'), day('2026-06-20'), day('2026-08-30')], { today: TODAY }),
    ).toBeUndefined();
  });
});
