import { type NanoUsd, scaleUsd } from '../base/usd.ts';
import type { DecisionInput } from './decision-rule.ts';

/** Demand is taken to last twice as long as it has, as the forecast takes it. */
const LASTS = 2;

/** Runs on fewer days are a burst until more come. */
export const BURST_DAYS = 3;

type Waited = Pick<DecisionInput, 'accumulator' | 'estimate' | 'policy'>;

/**
 * Days within which a build must pay back: `paybackDays` of what is new, and longer what has been asked for longer, up to
 * `longestPaybackDays`; without that limit once waiting has cost as much as building, or what goes on for ever would be refused for ever.
 * A season of the calendar has its days and no more.
 */
export function paybackDaysOf(
  input: Waited & Pick<DecisionInput, 'forecast' | 'reservation'>,
): number {
  const { policy, forecast, reservation } = input;
  const { paybackDays, longestPaybackDays } = policy;
  if (reservation.kind === 'build') {
    return paybackDays;
  }
  const lasts = LASTS * (forecast.lasting?.spanDays ?? 0);
  const most = waitingCostABuild(input) ? lasts : Math.min(longestPaybackDays, lasts);
  return Math.max(paybackDays, most);
}

/** Then the money that was missed speaks, not a forecast alone. */
export function waitingCostABuild({ accumulator, estimate, policy }: Waited): boolean {
  return accumulator.missed >= scaleUsd(estimate.buildCost, policy.buildMargin);
}

/** Missed savings at which the money alone decides, however few asked for it. */
export function decisiveAmount({ estimate, policy }: Omit<Waited, 'accumulator'>): NanoUsd {
  return scaleUsd(estimate.buildCost, policy.decisiveMultiple);
}

/** Whether so much was missed that the money alone decides. */
export function isDecisive(input: Waited): boolean {
  return input.estimate.buildCost > 0n && input.accumulator.missed >= decisiveAmount(input);
}
