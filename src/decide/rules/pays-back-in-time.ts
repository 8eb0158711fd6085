import { formatUsd, nanoUsd, scaleUsd, subtractUsd } from '../../base/usd.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { short } from '../numbers.ts';
import { pass, refuse } from '../verdict.ts';

/**
 * A mart must earn back what it costs to build within `policy.paybackDays`, by the lower bound of its forecast.
 *
 * Upkeep is taken off first.
 */
export const paysBackInTime: DecisionRule = {
  id: 'pays-back-in-time',

  judge({ estimate, saving, policy }) {
    const { buildCost, upkeepPerDay } = estimate;
    const net = subtractUsd(saving.lowPerDay, upkeepPerDay);
    if (scaleUsd(net, policy.paybackDays) >= buildCost) {
      return pass;
    }
    const neededNet = nanoUsd(buildCost / BigInt(policy.paybackDays));
    const days = net > 0n ? short(Number(buildCost) / Number(net)) : 'never';
    return refuse(
      `building it costs ${formatUsd(buildCost)} and it nets ${formatUsd(net)} a day for sure, so it does not pay back within ${policy.paybackDays} days`,
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
