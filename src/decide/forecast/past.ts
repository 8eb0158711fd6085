import { DAY_MS, dayOf } from '../../base/clock.ts';

/** What one template did for one candidate, by day, for longer than the evidence window: seasons are seen in it. */
export interface TemplatePast {
  /** `(others)`: the templates that matter least, together, their runs counted in units of `savedCpuMs`. */
  readonly fingerprint: string;
  /** First UTC day, `YYYY-MM-DD`. */
  readonly since: string;
  /** Runs with a road to the mart, one number a day from `since` on. */
  readonly runs: readonly number[];
  /** Thread time a run costs on base and saves on the mart, as last known. */
  readonly baseCpuMs: number;
  readonly savedCpuMs: number;
  /** Most readers seen within one evidence window. */
  readonly readers: number;
  /** A few recent statements, for replays after a quiet time. */
  readonly sampleIds: readonly string[];
}

/** One template as the present evidence window shows it. */
export interface PresentTemplate {
  readonly fingerprint: string;
  readonly baseCpuMs: number;
  readonly savedCpuMs: number;
  readonly readers: number;
  readonly sampleIds: readonly string[];
  readonly runsByDay: ReadonlyMap<string, number>;
}

export const OTHERS = '(others)';

/** More than a year: last year's quarter-ends count. */
const MOST_DAYS = 400;
const MOST_TEMPLATES = 12;

/**
 * The past with the window's days on top: days within the window are taken from it (late statements included), days
 * before it are kept, days nobody saw are silent. `days` are the window's whole days, in order.
 */
export function rememberPast(
  before: readonly TemplatePast[],
  {
    present,
    days,
  }: { readonly present: readonly PresentTemplate[]; readonly days: readonly string[] },
): readonly TemplatePast[] {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) {
    return before;
  }
  const known = new Map(before.map((each) => [each.fingerprint, each]));
  const own = present.filter(({ fingerprint }) => known.has(fingerprint));
  const fresh = present
    .filter(({ fingerprint, runsByDay }) => !known.has(fingerprint) && runsByDay.size > 0)
    .toSorted((a, b) => worthOf(b) - worthOf(a) || (a.fingerprint < b.fingerprint ? -1 : 1));
  const places = Math.max(0, MOST_TEMPLATES - before.filter(isOne).length);
  const listed = new Map([...own, ...fresh.slice(0, places)].map((one) => [one.fingerprint, one]));
  const others = together(fresh.slice(places), known.get(OTHERS));
  if (others !== undefined) {
    listed.set(OTHERS, others);
  }
  const fingerprints = new Set([...known.keys(), ...listed.keys()]);
  return [...fingerprints]
    .toSorted()
    .map((fingerprint) =>
      extended(known.get(fingerprint), { fingerprint, now: listed.get(fingerprint), days }),
    )
    .filter(({ runs }) => runs.some((each) => each > 0));
}

/** Whole UTC days since the epoch of its first day. */
export function firstDayOf({ since }: TemplatePast): number {
  return dayNumberOf(since);
}

/** Thread time it would have saved, over all that is remembered. */
export function savedBy({ runs, savedCpuMs }: TemplatePast): number {
  return savedCpuMs * sum(runs);
}

function isOne({ fingerprint }: TemplatePast): boolean {
  return fingerprint !== OTHERS;
}

function worthOf({ runsByDay, savedCpuMs }: PresentTemplate): number {
  return savedCpuMs * sum(runsByDay.values());
}

/** The rest as one, in runs of the size it was first counted in. */
function together(
  rest: readonly PresentTemplate[],
  known: TemplatePast | undefined,
): PresentTemplate | undefined {
  const runs = sum(rest.map(({ runsByDay }) => sum(runsByDay.values())));
  const saved = sum(rest.map(worthOf));
  if (runs <= 0 || saved <= 0) {
    return undefined;
  }
  const unit = known?.savedCpuMs ?? saved / runs;
  const runsByDay = new Map<string, number>();
  for (const each of rest) {
    for (const [day, count] of each.runsByDay) {
      runsByDay.set(day, (runsByDay.get(day) ?? 0) + (count * each.savedCpuMs) / unit);
    }
  }
  const base = sum(rest.map(({ baseCpuMs, runsByDay: by }) => baseCpuMs * sum(by.values())));
  return {
    fingerprint: OTHERS,
    baseCpuMs: base / (saved / unit),
    savedCpuMs: unit,
    readers: rest.reduce((most, { readers }) => Math.max(most, readers), 0),
    sampleIds: [],
    runsByDay,
  };
}

function extended(
  before: TemplatePast | undefined,
  {
    fingerprint,
    now,
    days,
  }: {
    readonly fingerprint: string;
    readonly now: PresentTemplate | undefined;
    readonly days: readonly string[];
  },
): TemplatePast {
  const first = dayNumberOf(days[0] ?? '');
  const last = dayNumberOf(days.at(-1) ?? '');
  const known = before === undefined ? first : Math.min(first, firstDayOf(before));
  const start = Math.max(known, last - MOST_DAYS + 1);
  const kept = (before?.runs ?? []).slice(start - known, Math.max(0, first - known));
  const runs = Array.from({ length: last - start + 1 }, (_, i) => kept[i] ?? 0);
  for (const day of days) {
    runs[dayNumberOf(day) - start] = now?.runsByDay.get(day) ?? 0;
  }
  return {
    fingerprint,
    since: dayOf(start * DAY_MS),
    runs,
    baseCpuMs: now?.baseCpuMs ?? before?.baseCpuMs ?? 0,
    savedCpuMs: now?.savedCpuMs ?? before?.savedCpuMs ?? 0,
    readers: Math.max(now?.readers ?? 0, before?.readers ?? 0),
    sampleIds:
      now === undefined || now.sampleIds.length === 0 ? (before?.sampleIds ?? []) : now.sampleIds,
  };
}

function dayNumberOf(day: string): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) {
    total += value;
  }
  return total;
}
