import type { BadHistoryRow, HistoryRow } from '../history-row.ts';
import type { HourlyPosition, Told, ToldHour } from './hourly-position.ts';
import { unknownRuns } from './hourly-rows.ts';
import type { HourlyGroup } from './hourly-statements.ts';

/** Groups with more runs than were told, but for those of hours of which nobody can say which they are. */
export function beyond(
  groups: readonly HourlyGroup[],
  at: HourlyPosition,
): {
  readonly grown: readonly HourlyGroup[];
  readonly rows: HistoryRow[];
  readonly bad: BadHistoryRow[];
} {
  const grown: HourlyGroup[] = [];
  const rows: HistoryRow[] = [];
  const bad: BadHistoryRow[] = [];
  for (const [hour, some] of Map.groupBy(groups, (group) => group.hour)) {
    const before = at.hours[hour];
    const because = before === undefined ? undefined : whyUnknown(some, before);
    if (before !== undefined && because !== undefined) {
      const ofHour = runsOf(some);
      const runs = ofHour - before.runs;
      if (runs > 0) {
        const late = unknownRuns(hour, { runs, because, ofHour });
        rows.push(late.row);
        bad.push(late.bad);
      }
    } else {
      const told = before?.groups ?? {};
      grown.push(...some.filter(({ key, counts }) => counts[0] > (told[key]?.[0] ?? 0)));
    }
  }
  return { grown, rows, bad };
}

/**
 * Why nobody can say which runs of an hour came late; nothing where it can be said. Runs that are of another group than they were told
 * in would be told twice.
 */
function whyUnknown(
  groups: readonly HourlyGroup[],
  { groups: told }: ToldHour,
): string | undefined {
  if (told === undefined) {
    return 'they came late, and what was told of their hour is forgotten';
  }
  const now = new Map(groups.map((group) => [group.key, group]));
  let moved = 0;
  for (const key of new Set([...Object.keys(told), ...now.keys()])) {
    const group = now.get(key);
    const grew = (group?.counts[0] ?? 0) - (told[key]?.[0] ?? 0);
    const isUnread = group !== undefined && group.hash === undefined;
    // Runs of a kind that is among the rarest by now are told once more, as not understood: rather that than to call all of the hour so.
    moved += isUnread ? -Math.max(0, grew) : Math.max(0, -grew);
  }
  return moved > 0
    ? 'they came late, and something else is told of runs of their hour than before'
    : undefined;
}

/** What is told of a group, all in all: what an estimate told too much stays told, until it is set right. */
export function withWhatWasTold(at: HourlyPosition): (group: HourlyGroup) => HourlyGroup {
  return (group) => {
    const was = at.hours[group.hour]?.groups?.[group.key];
    const counts = group.counts.map((count, n) => Math.max(count, was?.[n] ?? 0)) as Told;
    return { ...group, counts };
  };
}

export function runsOf(groups: readonly HourlyGroup[]): number {
  return groups.reduce((sum, { counts }) => sum + counts[0], 0);
}
