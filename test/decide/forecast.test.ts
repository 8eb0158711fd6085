import { describe, expect, it } from 'vitest';
import { DAY_MS, dayOf } from '../../src/base/clock.ts';
import { isQuiet } from '../../src/decide/days.ts';
import { forecastTemplate } from '../../src/decide/forecast/forecast-template.ts';
import { firstDayOf, type TemplatePast } from '../../src/decide/forecast/past.ts';
import { forecastOf } from '../../src/decide/forecast.ts';

function aPast(runs: readonly number[], changes: Partial<TemplatePast> = {}): TemplatePast {
  return {
    fingerprint: 'q1',
    since: '2026-03-01',
    runs,
    baseCpuMs: 40,
    savedCpuMs: 10,
    readers: 2,
    sampleIds: [],
    ...changes,
  };
}

/** The morning after the last day of the past. */
function forecast(past: readonly TemplatePast[]) {
  const [first] = past;
  const days = first?.runs.map((_, i) => dayOf((firstDayOf(first) + i) * DAY_MS)) ?? [];
  const now = Date.parse('2026-03-01T02:00:00Z') + days.length * DAY_MS;
  const runs = past.flatMap((each) => each.runs).reduce((sum, each) => sum + each, 0);
  return forecastOf({ past, days, runs, now });
}

/** A year and more of the real calendar, from January on. */
function year(runsOn: (day: Date) => number, days = 365): TemplatePast {
  const start = Date.parse('2025-01-01T00:00:00Z');
  const runs = Array.from({ length: days }, (_, i) => runsOn(new Date(start + i * DAY_MS)));
  return aPast(runs, { since: '2025-01-01' });
}

function afterYear(past: TemplatePast) {
  const now = (firstDayOf(past) + past.runs.length) * DAY_MS;
  return forecastOf({ past: [past], days: [], runs: 0, now });
}

describe('a forecast', () => {
  it('tells runs a day of the evidence window, silent days counted', () => {
    expect(forecast([aPast([0, 4, 0, 0])])).toMatchObject({ days: 4, runsPerDay: 1 });
  });

  it('expects of four days of chance about what they brought, cautiously less', () => {
    const { savedCpuMsPerDay, lowCpuMsPerDay } = forecast([aPast([9, 11, 13, 7])]);

    expect(savedCpuMsPerDay / 100).toBeCloseTo(1, 0);
    expect(lowCpuMsPerDay).toBeLessThan(savedCpuMsPerDay * 0.95);
    expect(lowCpuMsPerDay).toBeGreaterThan(0);
  });

  it('is surer the longer it was so', () => {
    const two = forecast([aPast([4, 16, 13, 7, 12, 9, 10])]);
    const six = forecast([aPast(Array.from({ length: 42 }, (_, i) => 4 + ((i * 5) % 13)))]);
    const share = ({ lowCpuMsPerDay, savedCpuMsPerDay }: typeof two) =>
      lowCpuMsPerDay / savedCpuMsPerDay;

    expect(share(six)).toBeGreaterThan(share(two));
  });

  it('promises nothing without history', () => {
    expect(forecastOf({ past: [], days: [], runs: 0, now: 0 })).toMatchObject({
      savedCpuMsPerDay: 0,
      lowCpuMsPerDay: 0,
      path: [],
    });
  });

  it('adds up templates in what each saves', () => {
    const one = forecast([aPast([10, 8, 12, 9])]);
    const both = forecast([
      aPast([10, 8, 12, 9]),
      aPast([10, 8, 12, 9], { fingerprint: 'q2', savedCpuMs: 30 }),
    ]);

    expect(both.savedCpuMsPerDay).toBeCloseTo(4 * one.savedCpuMsPerDay, 5);
  });

  it('takes days nobody recorded for silent', () => {
    const past = aPast([10, 10, 11, 9, 10, 10, 12]);
    const now = (firstDayOf(past) + 40) * DAY_MS;

    expect(forecastOf({ past: [past], days: [], runs: 0, now }).highCpuMsPerDay).toBeLessThan(1);
  });

  it('finds a schedule, and expects nine tenths of it for sure', () => {
    const daily = forecast([aPast(Array.from({ length: 14 }, () => 24))]);
    const weekly = forecast([aPast(Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 5 : 0)))]);

    expect(daily).toMatchObject({ pattern: 'by schedule, every day', savedCpuMsPerDay: 240 });
    expect(daily.lowCpuMsPerDay).toBeCloseTo(216, 5);
    expect(weekly.pattern).toBe('by schedule, every 7 days');
    expect(weekly.path.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 50, 0]);
  });

  it('forgets a schedule that has stopped', () => {
    const runs = Array.from({ length: 44 }, (_, i) => (i % 7 === 0 && i < 30 ? 5 : 0));

    expect(forecast([aPast(runs)]).pattern).not.toContain('schedule');
  });

  it('knows working days from weekends', () => {
    const past = year((day) => (day.getUTCDay() % 6 === 0 ? 0 : 20 + (day.getUTCDate() % 9)), 91);
    const { path, pattern } = afterYear(past);

    expect(pattern).toBe('on working days');
    // 2025-04-02 is a Wednesday.
    expect(path.slice(0, 7).map((saved) => saved > 50)).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  it('remembers the end of the month over quiet weeks', () => {
    const isEnd = (day: Date) => new Date(day.getTime() + 3 * DAY_MS).getUTCDate() <= 3;
    const past = year((day) => (isEnd(day) ? 40 + (day.getUTCMonth() % 5) : 0), 110);
    const { path, pattern, seasonsSeen } = afterYear(past);

    expect(pattern).toBe('around the end of the month');
    expect(seasonsSeen).toBe(3);
    // 2025-04-21 is the first day; the season is 28 to 30 April.
    expect(path.slice(0, 12).map((saved) => saved > 200)).toEqual([
      ...Array.from({ length: 7 }, () => false),
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('remembers the end of the quarter', () => {
    const isEnd = (day: Date) =>
      day.getUTCMonth() % 3 === 2 && new Date(day.getTime() + 5 * DAY_MS).getUTCDate() <= 5;
    const { path, pattern } = afterYear(year((day) => (isEnd(day) ? 50 : 0), 350));

    expect(pattern).toBe('around the end of the quarter');
    // From 2025-12-17 on: 27 to 31 December.
    expect(path.slice(8, 17).map((saved) => saved > 200)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('quiet hours', () => {
  const at = (time: string) => Date.parse(`2026-03-01T${time}:00Z`);

  it.each([
    { time: '21:59', quiet: false },
    { time: '22:00', quiet: true },
    { time: '03:59', quiet: true },
    { time: '04:00', quiet: false },
  ])('over midnight: $time is quiet: $quiet', ({ time, quiet }) => {
    expect(isQuiet(at(time), { from: '22:00', until: '04:00' })).toBe(quiet);
  });

  it.each([
    { time: '07:59', quiet: false },
    { time: '08:00', quiet: true },
    { time: '18:00', quiet: false },
  ])('within a day: $time is quiet: $quiet', ({ time, quiet }) => {
    expect(isQuiet(at(time), { from: '08:00', until: '18:00' })).toBe(quiet);
  });
});

describe('a forecast that is learned day by day', () => {
  const runs = Array.from({ length: 120 }, (_, i) => (i % 7 < 5 ? (i * 7919) % 13 : 0));

  it('is the same as one learned at once, to the last digit', () => {
    const series = (fingerprint: string, days: number) => ({
      fingerprint,
      firstDay: 20_000,
      runs: runs.slice(0, days),
    });
    for (let days = 1; days < runs.length; days += 3) {
      forecastTemplate(series('day-by-day', days));
    }

    expect(forecastTemplate(series('day-by-day', 120))).toEqual(
      forecastTemplate(series('at-once', 120)),
    );
  });

  it('begins anew where a day that was learned has changed', () => {
    const late = runs.with(60, 99);
    forecastTemplate({ fingerprint: 'late', firstDay: 20_000, runs });

    expect(forecastTemplate({ fingerprint: 'late', firstDay: 20_000, runs: late })).toEqual(
      forecastTemplate({ fingerprint: 'fresh', firstDay: 20_000, runs: late }),
    );
  });
});
