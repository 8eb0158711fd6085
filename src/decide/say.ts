import { formatUsd } from '../base/usd.ts';
import type { Calibration } from './calibrate.ts';
import type { CandidateVerdict, VerdictNumbers } from './decisions.ts';
import { short } from './numbers.ts';
import type { Refusal } from './verdict.ts';
import type { Weighed } from './weigh.ts';

/** A verdict on one candidate, with the numbers behind it. */
export function verdictOn(
  weighed: Weighed,
  said: Pick<CandidateVerdict, 'outcome' | 'because'> &
    Partial<Pick<CandidateVerdict, 'rule' | 'evidence' | 'flip'>>,
): CandidateVerdict {
  const { candidate } = weighed.appraisal;
  const { rule, flip } = said;
  return {
    key: candidate.key,
    relation: candidate.definition.relation,
    enumerator: candidate.enumerator,
    sql: candidate.definition.sql,
    outcome: said.outcome,
    because: said.because,
    ...(rule === undefined ? {} : { rule }),
    evidence: said.evidence ?? {},
    ...(flip === undefined ? {} : { flip }),
    numbers: numbersOf(weighed),
  };
}

export function refusalOn(
  weighed: Weighed,
  { rule, refusal }: { readonly rule: string; readonly refusal: Refusal },
): CandidateVerdict {
  const { because, evidence, flip } = refusal;
  return verdictOn(weighed, { outcome: 'refuse', because, rule, evidence, flip });
}

export function numbersOf({ appraisal, demand, accumulator, asked }: Weighed): VerdictNumbers {
  const { estimate, answers } = appraisal;
  const { reachable, unreachable } = demand;
  const perRun = (cpuMs: number) => (reachable.runs === 0 ? 0 : short(cpuMs / reachable.runs));
  return {
    templates: answers.length,
    runs: reachable.runs,
    readers: reachable.readers,
    unreachableRuns: unreachable.runs,
    roads: demand.roads,
    basePerRunMs: perRun(reachable.baseCpuMs),
    martPerRunMs: perRun(reachable.martCpuMs),
    rows: Math.round(estimate.rows),
    runsPerDay: short(asked.forecast.runsPerDay),
    runsPerDayToPay: runsPerDayToPay(asked),
    ...(asked.forecast.activeDays === 0 ? {} : { expected: expectedIn(asked) }),
    savesPerDay: formatUsd(asked.saving.meanPerDay),
    upkeepPerDay: formatUsd(estimate.upkeepPerDay),
    buildCost: formatUsd(estimate.buildCost),
    missedSavings: formatUsd(accumulator.missed),
    netLoss: formatUsd(accumulator.lost),
    refresh: appraisal.refresh.because,
    basis: estimate.basis,
  };
}

function expectedIn({ forecast, saving, reservation, calibration }: Weighed['asked']): string {
  const { pattern, activeDays } = forecast;
  const season =
    reservation.kind === 'none'
      ? ''
      : `; next season ${reservation.from} to ${reservation.until}: ${formatUsd(reservation.seasonSaves)}`;
  return `demand ${pattern}, seen on ${activeDays} days: saves ${formatUsd(saving.lowPerDay)} to ${formatUsd(saving.highPerDay)} a day over the next 28 days${season}${learnedFrom(calibration)}`;
}

function learnedFrom({ factor, ofKind, ofAll }: Calibration): string {
  return ofAll === 0
    ? ''
    : `; estimates are taken times ${short(factor)}, as ${ofAll} matured receipts (${ofKind} of this kind) teach`;
}

/** Runs a day at which upkeep is paid and the build pays back in time. */
function runsPerDayToPay({
  estimate,
  forecast,
  saving,
  policy,
}: Weighed['asked']): number | 'never' {
  const perRun = forecast.runsPerDay <= 0 ? 0 : Number(saving.meanPerDay) / forecast.runsPerDay;
  const needed = Number(estimate.upkeepPerDay) + Number(estimate.buildCost) / policy.paybackDays;
  return perRun <= 0 ? 'never' : short(needed / perRun);
}
