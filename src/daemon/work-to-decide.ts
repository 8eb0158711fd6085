import { dayNumber, type EpochMs } from '../base/clock.ts';
import { SPENT_ONCE } from '../decide/live.ts';
import type { WorkDone } from '../marts/receipt.ts';

/**
 * The work a decision looks at: that of its window, and however old what is no reason to let a mart go. Receipts debit a mart for all of
 * it since its table stands, so that leaving it out would hold it against the mart.
 */
export function workToDecide(
  work: readonly WorkDone[],
  { now, evidenceDays }: { readonly now: EpochMs; readonly evidenceDays: number },
): readonly WorkDone[] {
  return work.filter(
    ({ kind, at }) => SPENT_ONCE.has(kind) || dayNumber(now) - dayNumber(at) <= evidenceDays,
  );
}
