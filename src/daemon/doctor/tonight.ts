import { dayOf, type EpochMs } from '../../base/clock.ts';
import type { Config } from '../../config/config.ts';
import type { CapUse } from '../caps-used.ts';
import { heldBackBy } from '../held-back.ts';

export interface TonightParts {
  readonly config: Pick<Config, 'mode' | 'caps'>;
  readonly now: EpochMs;
  /** When cycles will start, in order. */
  readonly ticks: readonly EpochMs[];
  readonly isKilled: boolean;
  readonly caps: readonly CapUse[];
}

/** Whether a build may be begun at one of the coming cycles. */
export type Tonight =
  /** At this cycle; `because` tells what holds the earlier ones back. */
  | { readonly kind: 'may-build'; readonly at: EpochMs; readonly because: readonly string[] }
  /** At none of them. */
  | { readonly kind: 'stands-still'; readonly because: readonly string[] };

/** What would stop builds at each coming cycle: the brakes, and caps that are used up until the day is over. */
export function outlook({ config, now, ticks, isKilled, caps }: TonightParts): Tonight {
  if (ticks.length === 0) {
    return { kind: 'stands-still', because: ['schedule.cron starts no cycle in this time'] };
  }
  const because = new Set<string>();
  for (const at of ticks) {
    const held = [
      ...heldBackBy({ config, isKilled, now: at }).map((one) => one.because),
      ...usedUp(caps, { now, at }),
    ];
    if (held.length === 0) {
      return { kind: 'may-build', at, because: [...because] };
    }
    held.forEach((one) => because.add(one));
  }
  return { kind: 'stands-still', because: [...because] };
}

/** Caps that stop any build at that moment; of those by day, today's use is forgotten tomorrow. */
function usedUp(
  caps: readonly CapUse[],
  { now, at }: { readonly now: EpochMs; readonly at: EpochMs },
): readonly string[] {
  const isToday = dayOf(at) === dayOf(now);
  return caps
    .filter(
      ({ cap, share, isPerDay, isZero }) =>
        STOPPING.has(cap) && (isZero || (share >= 1 && (isToday || !isPerDay))),
    )
    .map(({ said, setting, isPerDay, isZero }) =>
      isPerDay && !isZero
        ? `${said}: the next may begin at 00:00 UTC, or raise ${setting}`
        : `${said}: raise ${setting}`,
    );
}

/** The others stop new marts or refreshes only. */
const STOPPING: ReadonlySet<CapUse['cap']> = new Set([
  'builds-per-day',
  'build-money-per-day',
  'storage',
]);
