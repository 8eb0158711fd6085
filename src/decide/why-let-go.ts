import { DAY_MS } from '../base/clock.ts';
import { formatUsd, type NanoUsd, scaleUsd } from '../base/usd.ts';
import type { Accumulator } from './cycle-input.ts';
import type { DecisionInput } from './decision-rule.ts';
import { isSureToLose } from './trust.ts';

/** While it is expected to pay, a run of quiet days is taken for one. */
const PATIENT_SHARE = 2;
/** Where it is sure to lose: at the usual margin of 2 it is a quarter of a build, as for building early. */
const SURE_SHARE = 0.125;

/**
 * Why a physical mart's money says to let it go; absent where it stays. The mirror of the build rule: when what it lost
 * passes the cost of building it again times a margin, an eighth of that where even the hopeful forecast does not
 * pay its upkeep, twice that while the forecast expects it to pay; the calendar has the last word over quiet weeks.
 * No loss counts within the least life; what the calendar plans does not wait for it.
 */
export function whyLetGo(
  input: Pick<DecisionInput, 'estimate' | 'policy' | 'reservation' | 'forecast' | 'saving' | 'now'>,
  { lost, stageSince }: Pick<Accumulator, 'lost' | 'stageSince'>,
): string | undefined {
  const { estimate, policy, reservation, saving, now } = input;
  if (reservation.kind === 'keep') {
    return undefined;
  }
  if (reservation.kind === 'let-go') {
    return `it is not needed until ${reservation.from}, and keeping it until then costs ${formatUsd(reservation.saves)} more than building it again`;
  }
  const isYoung = now - stageSince < policy.minimumLifeDays * DAY_MS;
  const isSure = isSureToLose(input);
  const limit = lossAllowed(input);
  if (isYoung || lost < limit || limit <= 0n) {
    return undefined;
  }
  const because = `it lost ${formatUsd(lost)} net, more than the ${formatUsd(limit)} at which it is given up`;
  return isSure
    ? `${because}, as it is expected to save at most ${formatUsd(saving.highPerDay)} a day and costs ${formatUsd(estimate.upkeepPerDay)}`
    : because;
}

/** The net loss at which a mart is given up; nothing is given up at none. */
export function lossAllowed(
  input: Pick<DecisionInput, 'estimate' | 'policy' | 'saving' | 'forecast'>,
): NanoUsd {
  const { estimate, policy } = input;
  const share = isSureToLose(input) ? SURE_SHARE : patience(input);
  return scaleUsd(estimate.buildCost, policy.demoteMargin * share);
}

function patience({ saving, estimate }: Pick<DecisionInput, 'saving' | 'estimate'>): number {
  return saving.meanPerDay > estimate.upkeepPerDay ? PATIENT_SHARE : 1;
}
