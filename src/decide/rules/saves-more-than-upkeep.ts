import { formatUsd } from '../../base/usd.ts';
import type { DecisionInput, DecisionRule } from '../decision-rule.ts';
import { short } from '../numbers.ts';
import { BURST_DAYS, isDecisive } from '../payback.ts';
import { pass, refuse } from '../verdict.ts';

/**
 * A mart that saves less per day than its upkeep costs never pays back, however often it is read. The cautious forecast is asked;
 * its mean where so much was missed that the money alone decides, since what comes in heaps far apart is never sure of any four weeks.
 */
export const savesMoreThanUpkeep: DecisionRule = {
  id: 'saves-more-than-upkeep',

  judge(input) {
    const { estimate, forecast, saving } = input;
    const isExpected = hasMissedEnough(input);
    const saves = isExpected ? saving.meanPerDay : saving.lowPerDay;
    const { upkeepPerDay } = estimate;
    if (saves > upkeepPerDay) {
      return pass;
    }
    const perRun = forecast.runsPerDay === 0 ? 0 : Number(saves) / forecast.runsPerDay;
    const needed = perRun <= 0 ? 'any saving' : short(Number(upkeepPerDay) / perRun);
    return refuse(
      `it would save ${formatUsd(saves)} a day ${isExpected ? 'as expected' : 'for sure'}, and keeping it costs ${formatUsd(upkeepPerDay)} a day`,
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

/** A burst is not enough, whatever it cost. */
function hasMissedEnough(input: DecisionInput): boolean {
  return input.forecast.activeDays >= BURST_DAYS && isDecisive(input);
}
