import { addUsd, formatUsd, usd } from '../../base/usd.ts';
import type { Cap } from '../cap.ts';

/**
 * What today's first builds really took, failed ones included, and what this one is expected to take. One that takes more
 * is stopped by its own budget and counts for the next.
 */
export const buildMoneyPerDay: Cap = {
  id: 'build-money-per-day',

  refuses({ action, caps, money: { spent, expected } }) {
    const isFirstBuild =
      action.kind === 'fill-version' ||
      (action.kind === 'build-version' && action.reason === 'promote');
    const allowed = usd(caps.maxBuildUsdPerDay);
    if (!isFirstBuild || (spent < allowed && addUsd(spent, expected) <= allowed)) {
      return undefined;
    }
    const evidence = {
      spent: formatUsd(spent),
      expected: formatUsd(expected),
      allowed: formatUsd(allowed),
    };
    return {
      because: `today's builds took ${evidence.spent}, this one is expected to take ${evidence.expected}, and ${evidence.allowed} a day are allowed; it can go on tomorrow (UTC), or raise caps.maxBuildUsdPerDay`,
      evidence,
    };
  },
};
