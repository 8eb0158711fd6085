import { counted } from '../base/counted.ts';
import { formatDuration } from '../base/duration.ts';
import type { Mart } from '../marts/mart.ts';
import type { CycleInput } from './cycle-input.ts';

/** How many times as long as failed attempts took nothing is tried: they take a tenth of the time at most. */
const REST = 10;

/**
 * Why a physical mart is not refreshed again yet: what failed since its version was last seen fresh cost the warehouse time, an hour each where it
 * ran into the time limit, and would again in each cycle. It rests so many times as long as all of that took, so that each failure
 * makes the rest longer and one that failed at once is tried in the next cycle; at most as long as a build that failed. One failure may
 * have been an accident, and readers go without the mart for days once its answers are too old: before that it is tried once more.
 */
export function whyRefreshRests(
  { definition, current }: Pick<Mart, 'definition' | 'current'>,
  {
    workDone,
    now,
    policy,
    isLastChance,
  }: Pick<CycleInput, 'workDone' | 'now' | 'policy'> & {
    /** Its answers are too old before the next cycle. */
    readonly isLastChance: boolean;
  },
): string | undefined {
  const failed = workDone.filter(
    ({ kind, relation, at, isCancelled }) =>
      kind === 'failed-build' &&
      isCancelled !== true &&
      relation === definition.relation &&
      at > (current?.verifiedFreshAt ?? Number.POSITIVE_INFINITY),
  );
  const [last] = failed.toSorted((a, b) => b.at - a.at);
  const tookMs = failed.reduce((sum, one) => sum + (one.tookMs ?? one.cpuMs), 0);
  const restMs = Math.min(tookMs * REST, policy.retryFailedAfter);
  const mayTry = isLastChance && failed.length === 1;
  if (last === undefined || mayTry || now - last.at >= restMs) {
    return undefined;
  }
  const again = `${new Date(last.at + restMs).toISOString().slice(0, 16)}Z`;
  const why = last.because === undefined ? '' : ` (${last.because})`;
  return `its refresh failed ${counted(failed.length, 'time')} since, which took ${formatDuration(tookMs)}: it is tried again after ${formatDuration(restMs)} of rest, at ${again}${why}`;
}
