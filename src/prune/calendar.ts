import { DAY_MS } from '../base/clock.ts';

/** A reader who comes by the calendar: seen last then, expected again then. */
export interface CalendarRead {
  readonly rhythm: 'month' | 'quarter' | 'year';
  readonly lastDay: number;
  readonly nextDay: number;
}

/** Reads nearer together than this are one visit: a report is drawn up, corrected, drawn up again. */
const ONE_VISIT_DAYS = 10;

/** Longest first: a quarter is three months, but a month is no quarter. */
const RHYTHMS = [
  { rhythm: 'year', days: 365.25, within: 21 },
  { rhythm: 'quarter', days: 91.31, within: 14 },
  { rhythm: 'month', days: 30.44, within: 5 },
] as const;

/** After this many periods without the visit that was due, the rhythm is over. */
const OVERDUE_PERIODS = 1.5;

/**
 * Tells whether visits come by month, quarter or year: from two visits that lie whole periods apart, or from one that fell into
 * the days around the end of a quarter, which nobody can yet tell from a report that comes each quarter or each year.
 */
export function calendarRead(
  days: readonly number[],
  { today }: { readonly today: number },
): CalendarRead | undefined {
  const visits = visitsIn(days);
  const lastDay = visits.at(-1);
  if (lastDay === undefined) {
    return undefined;
  }
  const rhythm = rhythmOf(visits);
  if (rhythm === undefined) {
    return undefined;
  }
  const nextDay = Math.round(lastDay + rhythm.days);
  return today - lastDay > rhythm.days * OVERDUE_PERIODS
    ? undefined
    : { rhythm: rhythm.rhythm, lastDay, nextDay };
}

/** The first day of each visit. */
function visitsIn(days: readonly number[]): readonly number[] {
  return days.filter((day, at) => at === 0 || day - (days[at - 1] ?? day) > ONE_VISIT_DAYS);
}

function rhythmOf(visits: readonly number[]): (typeof RHYTHMS)[number] | undefined {
  const [only] = visits;
  if (visits.length === 1) {
    return only !== undefined && isAroundQuarterEnd(only) ? RHYTHMS[0] : undefined;
  }
  const gaps = visits.slice(1).map((day, at) => day - (visits[at] ?? day));
  return RHYTHMS.find(({ days, within }) =>
    gaps.every((gap) => {
      const periods = Math.max(1, Math.round(gap / days));
      return Math.abs(gap - periods * days) <= within;
    }),
  );
}

/** The last ten days of a quarter and the first twenty of the next, when its books are closed. */
function isAroundQuarterEnd(day: number): boolean {
  const date = new Date(day * DAY_MS);
  const month = date.getUTCMonth() % 3;
  const dayOfMonth = date.getUTCDate();
  return (month === 2 && dayOfMonth > 20) || (month === 0 && dayOfMonth <= 20);
}
