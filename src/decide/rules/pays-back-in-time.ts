import { formatUsd, nanoUsd, scaleUsd, subtractUsd } from '../../base/usd.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { short } from '../numbers.ts';
import { paybackDaysOf, waitingCostABuild } from '../payback.ts';
import { pass, refuse } from '../verdict.ts';

/**
 * A mart must earn back what it costs to build within `policy.paybackDays`, or within twice the days for which it has been asked for,
 * by the lower bound of its forecast; by its mean where waiting has cost as much as building, since that money was really missed.
 *
 * Upkeep is taken off first.
 */
export const paysBackInTime: DecisionRule = {
  id: 'pays-back-in-time',

  judge(input) {
    const { estimate, saving } = input;
    const within = paybackDaysOf(input);
    const { buildCost, upkeepPerDay } = estimate;
    const hasWaited = waitingCostABuild(input);
    const net = subtractUsd(hasWaited ? saving.meanPerDay : saving.lowPerDay, upkeepPerDay);
    if (scaleUsd(net, within) >= buildCost) {
      return pass;
    }
    const neededNet = nanoUsd(buildCost / BigInt(within));
    const days = net > 0n ? short(Number(buildCost) / Number(net)) : 'never';
    return refuse(
      `building it costs ${formatUsd(buildCost)} and it nets ${formatUsd(net)} a day ${hasWaited ? 'as expected' : 'for sure'}, so it does not pay back within ${within} days`,
      {
        evidence: {
          buildCost: formatUsd(buildCost),
          netPerDay: formatUsd(net),
          upkeepPerDay: formatUsd(upkeepPerDay),
          paysBackInDays: days,
        },
        flip: { what: 'net saving per day', now: formatUsd(net), needed: formatUsd(neededNet) },
      },
    );
  },
};
