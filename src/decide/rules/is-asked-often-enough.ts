import { counted } from '../../base/counted.ts';
import { formatUsd } from '../../base/usd.ts';
import type { DecisionInput, DecisionRule } from '../decision-rule.ts';
import { LASTING_DAYS } from '../forecast.ts';
import { decisiveAmount, isDecisive, waitingCostABuild } from '../payback.ts';
import { pass, refuse } from '../verdict.ts';

/**
 * Enough runs, readers and days within the evidence window, unless the money alone is decisive; readers and days within a quarter where
 * waiting has cost as much as building.
 */
export const isAskedOftenEnough: DecisionRule = {
  id: 'is-asked-often-enough',

  judge(input) {
    const { minimumRuns, minimumReaders, minimumDays } = input.policy;
    if (isDecisive(input)) {
      return pass;
    }
    // Then the money speaks as well: how many runs it took to miss so much is not asked, by how many readers and on how many days is.
    const hasWaited = waitingCostABuild(input);
    const { runs, readers, days, withinDays } = evidenceOf(input, hasWaited);
    const evidence = {
      runs,
      readers,
      days,
      missedSavings: formatUsd(input.accumulator.missed),
      decisiveAt: formatUsd(decisiveAmount(input)),
    };
    const within = `in ${counted(withinDays, 'day')}`;
    if (runs < minimumRuns && !hasWaited) {
      return refuse(
        `${counted(runs, 'run')} ${within} had a road to it, fewer than ${minimumRuns}`,
        {
          evidence,
          flip: { what: `runs ${within}`, now: runs, needed: minimumRuns },
        },
      );
    }
    if (readers < minimumReaders) {
      return refuse(
        `${counted(readers, 'reader')} asked for it ${within}, fewer than ${minimumReaders}`,
        {
          evidence,
          flip: { what: `readers ${within}`, now: readers, needed: minimumReaders },
        },
      );
    }
    return days >= minimumDays
      ? pass
      : refuse(`it was asked for on ${counted(days, 'day')} ${within}, fewer than ${minimumDays}`, {
          evidence,
          flip: { what: `days with runs ${within}`, now: days, needed: minimumDays },
        });
  },
};

/** What comes once a week or once a month shows little within a window of days: then what came within a quarter is evidence. */
function evidenceOf({ demand, forecast, policy }: DecisionInput, hasWaited: boolean): Evidence {
  const { reachable } = demand;
  const { lasting } = forecast;
  return hasWaited && lasting !== undefined && lasting.days > reachable.days
    ? { ...lasting, withinDays: Math.min(lasting.spanDays, LASTING_DAYS) }
    : { ...reachable, withinDays: policy.evidenceDays };
}

interface Evidence {
  readonly runs: number;
  readonly readers: number;
  readonly days: number;
  readonly withinDays: number;
}
