import { z } from 'zod';
import { type EpochMs, HOUR_MS } from '../../base/clock.ts';

/** Runs, work in milliseconds, duration and bytes of a group as they were told last, and rows where they are told. */
const told = z.tuple([z.number(), z.number(), z.number(), z.number()], z.number());

/** How far was read, and what was told of the hours that may still change. */
const hourlyPosition = z.strictObject({
  /** All hours before this moment were read. */
  through: z.number(),
  /** When all of the hours kept here were last compared with the warehouse. */
  reconciledAt: z.number(),
  hours: z.record(
    z.string(),
    z.strictObject({
      runs: z.number(),
      /** Absent where there were too many to remember: then what comes late is told as missing. */
      groups: z.record(z.string(), told).optional(),
      /** What its runs cost is told for good: nothing of it is to be set right any more. */
      isSettled: z.literal(true).optional(),
    }),
  ),
  /** How the groups kept here were made: their keys mean nothing to who makes them otherwise. */
  grouping: z.string().optional(),
  /** What costs are multiplied by, under names the source knows. */
  rates: z.record(z.string(), z.number()).optional(),
});

export type HourlyPosition = z.infer<typeof hourlyPosition>;
export type ToldHour = HourlyPosition['hours'][string];
export type Told = z.infer<typeof told>;
export type Rates = NonNullable<HourlyPosition['rates']>;

/** How long rows may come late. */
const KEPT_MS = 48 * HOUR_MS;
/** Groups remembered at most: a position is kept with every batch. */
const MOST_GROUPS = 60_000;

/** As earlier versions wrote it: of what they told of an hour only the number of runs means the same today. */
const earlierPosition = z
  .object({
    through: z.number(),
    hours: z.record(z.string(), z.object({ runs: z.number() })).catch({}),
    shares: z.record(z.string(), z.number()).optional().catch(undefined),
  })
  .transform(
    ({ through, hours, shares }): HourlyPosition => ({
      through,
      reconciledAt: 0,
      hours,
      ...(shares === undefined ? {} : { rates: shares }),
    }),
  );

/** Nothing where there is none, or none that says how far was read. */
export function parseHourlyPosition(text: string | undefined): HourlyPosition | undefined {
  if (text === undefined || text === '') {
    return undefined;
  }
  try {
    const read: unknown = JSON.parse(text);
    return hourlyPosition.safeParse(read).data ?? earlierPosition.safeParse(read).data;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * For who makes groups so. Where they were made otherwise, every one of them would look new, and its runs be told twice: of the hours
 * kept only the number of runs means the same.
 */
export function groupedBy(grouping: string, position: HourlyPosition): HourlyPosition {
  if (position.grouping === grouping) {
    return position;
  }
  const hours = Object.entries(position.hours).map(
    ([hour, { runs, isSettled }]) => [hour, { runs, ...settledAs(isSettled) }] as const,
  );
  return { ...position, grouping, hours: Object.fromEntries(hours) };
}

/** With these groups told as they are now. */
export function withTold(
  position: HourlyPosition,
  groups: readonly { readonly hour: EpochMs; readonly key: string; readonly counts: Told }[],
): HourlyPosition {
  const hours = { ...position.hours };
  for (const [hour, some] of Map.groupBy(groups, (group) => group.hour)) {
    const before = hours[hour] ?? { runs: 0, groups: {} };
    const known = before.groups ?? {};
    hours[hour] = {
      runs: some.reduce(
        (sum, { key, counts }) => sum + counts[0] - (known[key]?.[0] ?? 0),
        before.runs,
      ),
      groups: { ...known, ...Object.fromEntries(some.map(({ key, counts }) => [key, counts])) },
    };
  }
  return { ...position, hours };
}

/** Without the hours that are too old to change, and without the groups of older ones where there are too many. */
export function forgetting(position: HourlyPosition, closed: EpochMs): HourlyPosition {
  const recent = Object.entries(position.hours)
    .filter(([hour]) => Number(hour) >= closed - KEPT_MS)
    .toSorted(([a], [b]) => Number(b) - Number(a));
  let groups = 0;
  const hours = recent.map(([hour, { runs, groups: known, isSettled }]) => {
    groups += Object.keys(known ?? {}).length;
    const isForgotten = known === undefined || groups > MOST_GROUPS;
    return [
      hour,
      { runs, ...(isForgotten ? {} : { groups: known }), ...settledAs(isSettled) },
    ] as const;
  });
  return { ...position, hours: Object.fromEntries(hours) };
}

function settledAs(isSettled: true | undefined): Pick<ToldHour, 'isSettled'> {
  return isSettled === undefined ? {} : { isSettled };
}
