import type { EpochMs } from '../base/clock.ts';
import { DAY_MS, dayNumber } from '../base/clock.ts';

export interface Decay {
  readonly now: EpochMs;
  /** Days after which a run counts half. */
  readonly halfLifeDays: number;
}

/**
 * What a run on `day` (UTC, `YYYY-MM-DD`) counts today: 1 for today, one half after the half-life.
 * A day in the future counts 1: clocks differ, and a run is never worth more than a run.
 */
export function decayWeight(day: string, { now, halfLifeDays }: Decay): number {
  return 2 ** (-Math.max(0, dayNumber(now) - dayNumberOf(day)) / halfLifeDays);
}

/** Whole days since the epoch of a `YYYY-MM-DD`. */
export function dayNumberOf(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}
