import { formatUsd, scaleUsd, subtractUsd } from '../../base/usd.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { short } from '../numbers.ts';
import { pass, refuse } from '../verdict.ts';

/** Build when waiting has cost more than building (the ski-rental rule): never before, so no burst builds a mart. */
export const hasWaitedLongEnough: DecisionRule = {
  id: 'has-waited-long-enough',

  judge({ accumulator: { missed }, estimate, netPerDay, policy }) {
    const needed = scaleUsd(estimate.buildCost, policy.buildMargin);
    if (missed >= needed) {
      return pass;
    }
    const open = subtractUsd(needed, missed);
    const days = netPerDay > 0n ? short(Number(open) / Number(netPerDay)) : 'never';
    return refuse(
      `waiting has cost ${formatUsd(missed)} so far, less than the ${formatUsd(needed)} a build costs`,
      {
        evidence: {
          missedSavings: formatUsd(missed),
          buildCost: formatUsd(estimate.buildCost),
          netPerDay: formatUsd(netPerDay),
          daysAtThisRate: days,
        },
        flip: { what: 'missed savings', now: formatUsd(missed), needed: formatUsd(needed) },
      },
    );
  },
};
