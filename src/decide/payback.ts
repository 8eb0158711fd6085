import { scaleUsd } from '../base/usd.ts';
import type { DecisionInput } from './decision-rule.ts';

/** Demand is taken to last twice as long as it has, as the forecast takes it. */
const LASTS = 2;

/**
 * Days within which a build must pay back: `paybackDays` of what is new, and longer what has been asked for longer, up to
 * `longestPaybackDays`. A season of the calendar has its days and no more.
 */
export function paybackDaysOf({
  policy,
  forecast,
  reservation,
}: Pick<DecisionInput, 'policy' | 'forecast' | 'reservation'>): number {
  const { paybackDays, longestPaybackDays } = policy;
  const lasted = reservation.kind === 'build' ? 0 : (forecast.lasting?.spanDays ?? 0);
  return Math.max(paybackDays, Math.min(longestPaybackDays, LASTS * lasted));
}

/** Then the money that was missed speaks, not a forecast alone. */
export function waitingCostABuild({
  accumulator,
  estimate,
  policy,
}: Pick<DecisionInput, 'accumulator' | 'estimate' | 'policy'>): boolean {
  return accumulator.missed >= scaleUsd(estimate.buildCost, policy.buildMargin);
}
