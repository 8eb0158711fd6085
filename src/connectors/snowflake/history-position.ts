import { z } from 'zod';
import { HOUR_MS } from '../../base/clock.ts';

/** Runs, elapsed ms, credit ms, bytes and rows of a group as they were told last. */
const told = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]);

/** How far was read, and what was told of the hours that may still change. */
const historyPosition = z.strictObject({
  /** All hours before this moment were read. */
  through: z.number(),
  /** When the hours of the last two days were last counted again, and warehouses' attributed credits read. */
  reconciledAt: z.number(),
  hours: z.record(
    z.string(),
    z.strictObject({
      runs: z.number(),
      /** Absent where there were too many to remember: then what comes late is told as missing. */
      groups: z.record(z.string(), told).optional(),
    }),
  ),
  /** Attributed credits over those the execution times would make, by warehouse. */
  shares: z.record(z.string(), z.number()),
});

export type HistoryPosition = z.infer<typeof historyPosition>;
export type ToldHour = HistoryPosition['hours'][string];
export type Told = z.infer<typeof told>;

/** How long rows may come late. */
export const RECONCILED_MS = 48 * HOUR_MS;
/** Groups remembered at most: a position is kept with every batch. */
const MOST_GROUPS = 20_000;

/** A position we cannot read is no position: it begins again. */
export function parsePosition(text: string | undefined): HistoryPosition | undefined {
  if (text === undefined || text === '') {
    return undefined;
  }
  try {
    return historyPosition.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/** Without the hours that are too old to change, and without the groups of older ones where there are too many. */
export function forgetting(position: HistoryPosition): HistoryPosition {
  const recent = Object.entries(position.hours)
    .filter(([hour]) => Number(hour) >= position.through - RECONCILED_MS)
    .toSorted(([a], [b]) => Number(b) - Number(a));
  let groups = 0;
  const hours = recent.map(([hour, { runs, groups: known }]) => {
    groups += Object.keys(known ?? {}).length;
    const kept = known === undefined || groups > MOST_GROUPS ? { runs } : { runs, groups: known };
    return [hour, kept] as const;
  });
  return { ...position, hours: Object.fromEntries(hours) };
}
