import { formatUsd, scaleUsd, subtractUsd } from '../../base/usd.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { short } from '../numbers.ts';
import { isSureToPay, SURE_SHARE } from '../trust.ts';
import { pass, refuse } from '../verdict.ts';

/**
 * Build when waiting has cost as much as building (the ski-rental rule), so that no burst builds a mart; a quarter of
 * it where the forecast is sure, and nothing where a season of the calendar is about to begin that pays for it.
 */
export const hasWaitedLongEnough: DecisionRule = {
  id: 'has-waited-long-enough',

  judge(input) {
    const { accumulator, estimate, netPerDay, policy, reservation } = input;
    const { missed } = accumulator;
    const share = isSureToPay(input) ? SURE_SHARE : 1;
    const needed = scaleUsd(estimate.buildCost, policy.buildMargin * share);
    if (missed >= needed || reservation.kind === 'build') {
      return pass;
    }
    const open = subtractUsd(needed, missed);
    const days = netPerDay > 0n ? short(Number(open) / Number(netPerDay)) : 'never';
    return refuse(
      `waiting has cost ${formatUsd(missed)} so far, less than the ${formatUsd(needed)} ${share < 1 ? 'at which so sure a build is begun' : 'a build costs'}`,
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
