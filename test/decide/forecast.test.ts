import { describe, expect, it } from 'vitest';
import { isQuiet } from '../../src/decide/days.ts';
import { forecastOf } from '../../src/decide/forecast.ts';

const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'];

describe('a forecast', () => {
  it('counts silent days', () => {
    const forecast = forecastOf({
      savedCpuMsByDay: new Map([['2026-03-02', 400]]),
      days: DAYS,
      runs: 4,
    });

    expect(forecast).toMatchObject({ days: 4, runsPerDay: 1, savedCpuMsPerDay: 100 });
  });

  it('is not sure of days that happen to be equal', () => {
    const savedCpuMsByDay = new Map(DAYS.map((day) => [day, 100]));
    const { lowCpuMsPerDay } = forecastOf({ savedCpuMsByDay, days: DAYS, runs: 4 });

    expect(lowCpuMsPerDay).toBeCloseTo(100 - (0.84 * 100) / 2, 5);
  });

  it('is surer the more runs there are', () => {
    const savedCpuMsByDay = new Map(DAYS.map((day) => [day, 100]));
    const few = forecastOf({ savedCpuMsByDay, days: DAYS, runs: 4 });
    const many = forecastOf({ savedCpuMsByDay, days: DAYS, runs: 400 });

    expect(many.lowCpuMsPerDay).toBeGreaterThan(few.lowCpuMsPerDay);
  });

  it('promises nothing without history', () => {
    expect(forecastOf({ savedCpuMsByDay: new Map(), days: [], runs: 0 })).toMatchObject({
      savedCpuMsPerDay: 0,
      lowCpuMsPerDay: 0,
    });
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
