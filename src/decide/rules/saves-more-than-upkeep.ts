import { formatUsd } from '../../base/usd.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { short } from '../numbers.ts';
import { pass, refuse } from '../verdict.ts';

/** A mart that saves less per day than its upkeep costs never pays back, however often it is read. */
export const savesMoreThanUpkeep: DecisionRule = {
  id: 'saves-more-than-upkeep',

  judge({ estimate, forecast, saving }) {
    const saves = saving.lowPerDay;
    const { upkeepPerDay } = estimate;
    if (saves > upkeepPerDay) {
      return pass;
    }
    const perRun = forecast.runsPerDay === 0 ? 0 : Number(saves) / forecast.runsPerDay;
    const needed = perRun <= 0 ? 'any saving' : short(Number(upkeepPerDay) / perRun);
    return refuse(
      `it would save ${formatUsd(saves)} a day for sure, and keeping it costs ${formatUsd(upkeepPerDay)} a day`,
      {
        evidence: {
          savesPerDay: formatUsd(saves),
          upkeepPerDay: formatUsd(upkeepPerDay),
          refreshesPerDay: short(estimate.refreshesPerDay),
          runsPerDay: short(forecast.runsPerDay),
        },
        flip: { what: 'runs per day', now: short(forecast.runsPerDay), needed },
      },
    );
  },
};
