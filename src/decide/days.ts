import { DAY_MS, dayOf, type EpochMs } from '../base/clock.ts';
import type { UsageSnapshot } from '../usage/template.ts';

/** Whole UTC days the history covers, in order: from its first statement to yesterday. */
export function historyDays(
  { facts }: Pick<UsageSnapshot, 'facts'>,
  now: EpochMs,
): readonly string[] {
  const first = facts.reduce((least, { day }) => (day < least ? day : least), dayOf(now));
  const days: string[] = [];
  for (let at = Date.parse(`${first}T00:00:00Z`); dayOf(at) < dayOf(now); at += DAY_MS) {
    days.push(dayOf(at));
  }
  return days;
}

/**
 * The days that can say what demand costs: from the first on which a run's cost was told. Recorded use without costs, imported
 * from before, proves what is used; as days without money it would make every later day look rare.
 */
export function costedDays(usage: UsageSnapshot, now: EpochMs): readonly string[] {
  const costed = usage.facts.filter(({ costedRuns }) => costedRuns > 0);
  return historyDays(costed.length === 0 ? usage : { ...usage, facts: costed }, now);
}

/** Whether builds wait at this moment: `from` to `until`, over midnight where `until` is earlier. */
export function isQuiet(
  now: EpochMs,
  quietHours: { readonly from: string; readonly until: string } | undefined,
): boolean {
  if (quietHours === undefined) {
    return false;
  }
  const time = new Date(now).toISOString().slice(11, 16);
  const { from, until } = quietHours;
  return from <= until ? from <= time && time < until : time >= from || time < until;
}
