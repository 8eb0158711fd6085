import type { EpochMs } from '../base/clock.ts';
import { addUsd, type NanoUsd, subtractUsd } from '../base/usd.ts';
import type { MartEstimate } from '../cost/estimate.ts';
import type { Calibration } from './calibrate.ts';
import type { DecisionInput } from './decision-rule.ts';
import type { TemplatePast } from './forecast/past.ts';
import { forecastOf } from './forecast.ts';
import { reserve } from './reservation.ts';

export interface WorthParts {
  readonly past: readonly TemplatePast[];
  /** Whole days of the evidence window. */
  readonly days: readonly string[];
  /** Runs with a road within them. */
  readonly runs: number;
  readonly estimate: Pick<MartEstimate, 'buildCost' | 'upkeepPerDay'>;
  readonly isPhysical: boolean;
  readonly priceOf: (cpuMs: number) => NanoUsd;
  /** What earlier decisions teach; of a standing mart the saving is measured already. */
  readonly calibration: Calibration;
  /** Saved every day by letting go of the marts it takes the place of. */
  readonly freesPerDay: NanoUsd;
  readonly now: EpochMs;
}

/** What a mart is expected to be worth from today on: the forecast of its demand in money, and what the calendar says. */
export function worthOf(
  parts: WorthParts,
): Pick<DecisionInput, 'forecast' | 'saving' | 'netPerDay' | 'reservation' | 'calibration'> {
  const { estimate, isPhysical, calibration, freesPerDay, now } = parts;
  const priceOf = (cpuMs: number) => parts.priceOf(cpuMs * calibration.factor);
  const forecast = forecastOf(parts);
  const savingOf = (cpuMs: number) => addUsd(priceOf(cpuMs), freesPerDay);
  const meanPerDay = savingOf(forecast.savedCpuMsPerDay);
  const { seasonsSeen } = forecast;
  return {
    forecast,
    calibration,
    saving: {
      lowPerDay: savingOf(forecast.lowCpuMsPerDay),
      meanPerDay,
      highPerDay: savingOf(forecast.highCpuMsPerDay),
    },
    netPerDay: subtractUsd(meanPerDay, estimate.upkeepPerDay),
    reservation: reserve({
      path: seasonsSeen === undefined ? [] : forecast.path.map(priceOf),
      upkeepPerDay: estimate.upkeepPerDay,
      buildCost: estimate.buildCost,
      isPhysical,
      seasonsSeen,
      now,
    }),
  };
}
