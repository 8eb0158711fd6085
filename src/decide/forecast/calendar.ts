/** Where a UTC day stands in its week, month and quarter. */
export interface CalendarDay {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 is the first of the month. */
  readonly dayOfMonth: number;
  /** Days of the month after this one: 0 on its last. */
  readonly daysLeft: number;
  /** 1 is January. */
  readonly month: number;
}

const KNOWN = new Map<number, CalendarDay>();
const MOST_KNOWN = 20_000;

/** The calendar of a whole UTC day since the epoch. */
export function calendarDay(day: number): CalendarDay {
  const known = KNOWN.get(day);
  if (known !== undefined) {
    return known;
  }
  const at = new Date(day * 86_400_000);
  const month = at.getUTCMonth() + 1;
  const days = new Date(Date.UTC(at.getUTCFullYear(), month, 0)).getUTCDate();
  const dayOfMonth = at.getUTCDate();
  const calendar = {
    weekday: at.getUTCDay(),
    dayOfMonth,
    daysLeft: days - dayOfMonth,
    month,
  };
  if (KNOWN.size < MOST_KNOWN) {
    KNOWN.set(day, calendar);
  }
  return calendar;
}
