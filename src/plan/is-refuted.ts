import type { PlanStep } from './plan.ts';

/** Out of date, out of season, or answered by another mart. */
const NO_FAILURE = ['outOfDate', 'untilSeason', 'mergedInto'] as const;

/** Whether a mart that is let go did not do what was promised of it: then it is not tried again for long. */
export function isRefuted(evidence: PlanStep['evidence']): boolean {
  return NO_FAILURE.every((reason) => evidence[reason] === undefined);
}
