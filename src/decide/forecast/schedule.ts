/** Runs that come by the clock: as many each time, as far apart each time. */
export interface Schedule {
  readonly everyDays: number;
  readonly runsEach: number;
  /** Place of the last one in the series. */
  readonly last: number;
}

const LEAST_TIMES = 5;
const MOST_VARIATION = 0.2;
/** A schedule that is this many intervals late is none. */
const LATE = 1.5;

/**
 * Finds a schedule in runs a day (`selection.md` 1.2: coefficient of variation of the gaps below 0.2 over five
 * arrivals; here of the runs as well). Absent where there is none, and where it has stopped.
 */
export function findSchedule(runs: readonly number[]): Schedule | undefined {
  const active = runs.flatMap((each, day) => (each > 0 ? [day] : [])).slice(-MOST_TIMES);
  const last = active.at(-1);
  if (last === undefined || active.length < LEAST_TIMES) {
    return undefined;
  }
  const gaps = active.slice(1).map((day, i) => day - (active[i] ?? 0));
  const counts = active.map((day) => runs[day] ?? 0);
  const everyDays = mean(gaps);
  const isLate = runs.length - 1 - last > LATE * everyDays;
  if (isLate || variation(gaps) > MOST_VARIATION || variation(counts) > MOST_VARIATION) {
    return undefined;
  }
  return { everyDays, runsEach: mean(counts), last };
}

/** Older times do not tell whether it is one now. */
const MOST_TIMES = 20;

/** Whether the schedule has a time on this place of the series. */
export function isScheduled({ everyDays, last }: Schedule, place: number): boolean {
  const times = Math.round((place - last) / everyDays);
  return times >= 1 && Math.round(last + times * everyDays) === place;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

function variation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, each) => sum + (each - middle) ** 2, 0);
  return Math.sqrt(squares / values.length) / middle;
}
