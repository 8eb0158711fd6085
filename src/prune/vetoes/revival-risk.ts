import { DAY_MS } from '../../base/clock.ts';
import { formatUsd, scaleUsd } from '../../base/usd.ts';
import { lastDay } from '../attribute.ts';
import type { Veto } from '../veto.ts';

/** Pruned only where what it saves until it would be missed is more than what missing it would cost, by its likelihood. */
export const revivalRisk: Veto = {
  id: 'revival-risk',

  objects({ attribute, of, today, settings, hazard, money }) {
    const horizon = Math.round(settings.watchFor / DAY_MS);
    const last = lastDay(attribute.namedDays) ?? Math.max(of.watchedSince, of.knownSince);
    const idle = today - last;
    const chance = hazard.revivesWithin({ idle, horizon });
    const saving = scaleUsd(money.savingPerDay, horizon);
    const regret = scaleUsd(money.buildCost, chance * settings.regretFactor);
    if (saving > regret) {
      return undefined;
    }
    const percent = Math.round(chance * 100);
    return {
      because: `in ${horizon} days it would save ${formatUsd(saving)}, and with ${percent} % likelihood (${hazard.spells} idle spells seen) it comes back at ${formatUsd(scaleUsd(money.buildCost, settings.regretFactor))}: ${formatUsd(regret)} in expectation`,
      evidence: {
        idleDays: idle,
        revivalChance: Math.round(chance * 1000) / 1000,
        saving: formatUsd(saving),
        regret: formatUsd(regret),
      },
    };
  },
};
