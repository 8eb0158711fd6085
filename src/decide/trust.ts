import { type NanoUsd, scaleUsd, subtractUsd } from '../base/usd.ts';
import type { Forecast } from './forecast.ts';
import { BURST_DAYS } from './payback.ts';

/** What a forecast must say to be acted on early. */
export interface Foreseen {
  readonly forecast: Pick<Forecast, 'activeDays'>;
  readonly saving: { readonly lowPerDay: NanoUsd; readonly highPerDay: NanoUsd };
  readonly estimate: { readonly buildCost: NanoUsd; readonly upkeepPerDay: NanoUsd };
}

/**
 * Ski rental with predictions (Purohit, Svitkina, Kumar 2018): where the forecast is sure, waiting a quarter of the
 * margin is enough; where it errs, what is lost stays bounded by the margin itself.
 */
export const SURE_SHARE = 0.25;

const SURE_PAYBACK_DAYS = 60;

/** Whether even the cautious forecast pays the build back, and it is no burst. */
export function isSureToPay({ forecast, saving, estimate }: Foreseen): boolean {
  const net = subtractUsd(saving.lowPerDay, estimate.upkeepPerDay);
  return (
    forecast.activeDays >= BURST_DAYS &&
    net > 0n &&
    scaleUsd(net, SURE_PAYBACK_DAYS) >= estimate.buildCost
  );
}

/** Whether even the hopeful forecast does not pay its upkeep. */
export function isSureToLose({ saving, estimate }: Foreseen): boolean {
  return saving.highPerDay < estimate.upkeepPerDay;
}
