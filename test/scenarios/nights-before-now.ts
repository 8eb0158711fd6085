import { type Clock, DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import { systemClock } from '../../src/daemon/system-clock.ts';
import { FIRST_DAY, type SmallWorld } from './small-world.ts';

/** The real clock, held back by what a test says: cycles of the past before a daemon of the present. */
export function heldBackClock(): Clock & { readonly holdBack: (ms: number) => void } {
  let behindMs = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() - behindMs,
    holdBack: (ms) => {
      behindMs = ms;
    },
  };
}

/**
 * One day of dashboards and the cycle after it for each of these nights, ending within five hours before the newest of them. Whatever
 * the hour a test runs at, the dashboards of one night (eight to three hours before it) lie in one day of the calendar, for the rules
 * count days.
 */
export async function liveThroughNights(
  world: SmallWorld,
  clock: ReturnType<typeof heldBackClock>,
  hoursAgo: readonly number[],
): Promise<void> {
  const newest = systemClock.now() - Math.min(...hoursAgo) * HOUR_MS;
  const intoItsDayMs = newest % DAY_MS;
  const straddles = intoItsDayMs > 3 * HOUR_MS && intoItsDayMs < 8 * HOUR_MS;
  const earlierMs = straddles ? intoItsDayMs - 3 * HOUR_MS : 0;
  for (const hours of hoursAgo) {
    clock.holdBack(hours * HOUR_MS + earlierMs);
    world.dashboards((clock.now() - 16 * HOUR_MS - FIRST_DAY) / DAY_MS);
    await world.goldsmith.cycle();
  }
}
