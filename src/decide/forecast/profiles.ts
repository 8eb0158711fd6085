import type { CalendarDay } from './calendar.ts';

/** A way to sort days into classes whose demand differs. */
export interface Profile {
  readonly id:
    | 'every-day'
    | 'working-days'
    | 'weekday'
    | 'month-end'
    | 'month-end-working-days'
    | 'quarter-end';
  /** For people: `on working days`. */
  readonly says: string;
  readonly classOf: (day: CalendarDay) => number;
  /** Share of days in each class, about; adds up to 1. */
  readonly shares: readonly number[];
  /** The class between the seasons, where there are quiet weeks; absent for what comes round within a week. */
  readonly quietClasses?: ReadonlySet<number>;
  /** Log of how likely it is taken to be before any day was seen: simple ones first. */
  readonly prior: number;
}

const WORKING = 5 / 7;
const THREE_DAYS = 3 / 30.44;
const REST_OF_MONTH = 1 - 2 * THREE_DAYS;
const LAST_OF_QUARTER = 5 / 91.3;
const FIRST_OF_QUARTER = 3 / 91.3;

/** `selection.md` 1.2: weekdays, first and last days of the month, quarter-end. */
export const PROFILES: readonly Profile[] = [
  { id: 'every-day', says: 'every day', classOf: () => 0, shares: [1], prior: 0 },
  {
    id: 'working-days',
    says: 'on working days',
    classOf: (day) => (isWorking(day) ? 0 : 1),
    shares: [WORKING, 1 - WORKING],
    prior: -1,
  },
  {
    id: 'weekday',
    says: 'by weekday',
    classOf: ({ weekday }) => weekday,
    shares: [1, 1, 1, 1, 1, 1, 1].map((one) => one / 7),
    prior: -2,
  },
  {
    id: 'month-end',
    says: 'around the end of the month',
    classOf: partOfMonth,
    shares: [THREE_DAYS, REST_OF_MONTH, THREE_DAYS],
    quietClasses: new Set([1]),
    prior: -2,
  },
  {
    id: 'month-end-working-days',
    says: 'around the end of the month, on working days',
    classOf: (day) => 2 * partOfMonth(day) + (isWorking(day) ? 0 : 1),
    shares: [THREE_DAYS, REST_OF_MONTH, THREE_DAYS].flatMap((share) => [
      share * WORKING,
      share * (1 - WORKING),
    ]),
    quietClasses: new Set([2, 3]),
    prior: -4,
  },
  {
    id: 'quarter-end',
    says: 'around the end of the quarter',
    classOf: partOfQuarter,
    shares: [FIRST_OF_QUARTER, 1 - FIRST_OF_QUARTER - LAST_OF_QUARTER, LAST_OF_QUARTER],
    quietClasses: new Set([1]),
    prior: -4,
  },
];

function isWorking({ weekday }: CalendarDay): boolean {
  return weekday > 0 && weekday < 6;
}

/** 0 first three days, 1 between, 2 last three. */
function partOfMonth({ dayOfMonth, daysLeft }: CalendarDay): number {
  if (dayOfMonth <= 3) {
    return 0;
  }
  return daysLeft < 3 ? 2 : 1;
}

function partOfQuarter({ dayOfMonth, daysLeft, month }: CalendarDay): number {
  if (month % 3 === 0 && daysLeft < 5) {
    return 2;
  }
  return month % 3 === 1 && dayOfMonth <= 3 ? 0 : 1;
}
