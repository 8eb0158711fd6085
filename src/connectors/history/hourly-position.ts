import { z } from 'zod';
import type { EpochMs } from '../../base/clock.ts';

/** Runs, work in milliseconds, duration and bytes of a group as they were told last. */
const told = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** How far was read, and what was told of the hours that may still change. */
const hourlyPosition = z.strictObject({
  /** All hours before this moment were read. */
  through: z.number(),
  /** When all of the hours kept here were last compared with the warehouse. */
  reconciledAt: z.number(),
  hours: z.record(
    z.string(),
    z.strictObject({ runs: z.number(), groups: z.record(z.string(), told) }),
  ),
});

export type HourlyPosition = z.infer<typeof hourlyPosition>;
export type ToldHour = HourlyPosition['hours'][string];
export type Told = z.infer<typeof told>;

/** A position we cannot read is no position: it begins again. */
export function parseHourlyPosition(text: string | undefined): HourlyPosition | undefined {
  if (text === undefined || text === '') {
    return undefined;
  }
  try {
    return hourlyPosition.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/** Without the hours that are too old to change. */
export function withoutOldHours(position: HourlyPosition, before: EpochMs): HourlyPosition {
  const hours = Object.entries(position.hours).filter(([hour]) => Number(hour) >= before);
  return { ...position, hours: Object.fromEntries(hours) };
}
