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
