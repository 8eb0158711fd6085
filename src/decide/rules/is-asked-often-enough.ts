import { formatUsd, scaleUsd } from '../../base/usd.ts';
import type { DecisionInput, DecisionRule } from '../decision-rule.ts';
import { pass, refuse } from '../verdict.ts';

/** Enough runs, readers and days within the evidence window, unless the money alone is decisive. */
export const isAskedOftenEnough: DecisionRule = {
  id: 'is-asked-often-enough',

  judge(input) {
    const { runs, readers, days } = input.demand.reachable;
    const { minimumRuns, minimumReaders, minimumDays, evidenceDays } = input.policy;
    if (isDecisive(input)) {
      return pass;
    }
    const evidence = {
      runs,
      readers,
      days,
      missedSavings: formatUsd(input.accumulator.missed),
      decisiveAt: formatUsd(decisiveAmount(input)),
    };
    const within = `in ${evidenceDays} days`;
    if (runs < minimumRuns) {
      return refuse(`${runs} runs ${within} had a road to it, fewer than ${minimumRuns}`, {
        evidence,
        flip: { what: `runs ${within}`, now: runs, needed: minimumRuns },
      });
    }
    if (readers < minimumReaders) {
      return refuse(`${readers} reader asked for it ${within}, fewer than ${minimumReaders}`, {
        evidence,
        flip: { what: `readers ${within}`, now: readers, needed: minimumReaders },
      });
    }
    return days >= minimumDays
      ? pass
      : refuse(`it was asked for on ${days} days ${within}, fewer than ${minimumDays}`, {
          evidence,
          flip: { what: `days with runs ${within}`, now: days, needed: minimumDays },
        });
  },
};

function isDecisive(input: DecisionInput): boolean {
  return input.estimate.buildCost > 0n && input.accumulator.missed >= decisiveAmount(input);
}

function decisiveAmount({ estimate, policy }: DecisionInput) {
  return scaleUsd(estimate.buildCost, policy.decisiveMultiple);
}
