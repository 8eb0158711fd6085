import { counted } from '../base/counted.ts';
import { formatUsd } from '../base/usd.ts';
import { besideWords, supersedesWords } from './beside-words.ts';
import type { Calibration } from './calibrate.ts';
import type { CandidateVerdict, VerdictNumbers } from './decisions.ts';
import { short } from './numbers.ts';
import { paybackDaysOf } from './payback.ts';
import { freedBy } from './standing.ts';
import type { Flip, Refusal } from './verdict.ts';
import type { Weighed } from './weigh.ts';

/** A verdict on one candidate, with the numbers behind it. */
export function verdictOn(
  weighed: Weighed,
  said: Pick<CandidateVerdict, 'outcome' | 'because'> &
    Partial<Pick<CandidateVerdict, 'rule' | 'evidence'>> & { readonly flip?: Flip | undefined },
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

export function numbersOf(weighed: Weighed): VerdictNumbers {
  const { appraisal, demand, accumulator, asked } = weighed;
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
    runsPerDayToPay: runsPerDayToPay(weighed),
    ...(asked.forecast.activeDays === 0 ? {} : { expected: expectedIn(asked) }),
    savesPerDay: formatUsd(asked.saving.meanPerDay),
    upkeepPerDay: formatUsd(estimate.upkeepPerDay),
    buildCost: formatUsd(estimate.buildCost),
    missedSavings: formatUsd(accumulator.missed),
    netLoss: formatUsd(accumulator.lost),
    ...besideOthers(weighed),
    refresh: appraisal.refresh.because,
    basis: estimate.basis,
  };
}

function besideOthers({ merge, supersedes }: Weighed): Pick<VerdictNumbers, 'beside'> {
  if (merge !== undefined) {
    return { beside: besideWords(merge) };
  }
  return supersedes.length === 0 ? {} : { beside: supersedesWords(supersedes) };
}

function expectedIn({ forecast, saving, reservation, calibration }: Weighed['asked']): string {
  const { pattern, activeDays } = forecast;
  const season =
    reservation.kind === 'none'
      ? ''
      : `; next season ${reservation.from} to ${reservation.until}: ${formatUsd(reservation.seasonSaves)}`;
  return `demand ${pattern}, seen on ${counted(activeDays, 'day')}: saves ${formatUsd(saving.lowPerDay)} to ${formatUsd(saving.highPerDay)} a day over the next 28 days${season}${learnedFrom(calibration)}`;
}

function learnedFrom({ factor, ofKind, ofAll }: Calibration): string {
  return ofAll === 0
    ? ''
    : `; estimates are taken times ${short(factor)}, as ${ofAll} matured receipts (${ofKind} of this kind) teach`;
}

/** Runs a day at which upkeep is paid and the build pays back in time. */
function runsPerDayToPay({ asked, supersedes }: Weighed): number | 'never' {
  const { estimate, forecast, saving } = asked;
  const freed = Number(freedBy(supersedes));
  const perRun =
    forecast.runsPerDay <= 0 ? 0 : (Number(saving.meanPerDay) - freed) / forecast.runsPerDay;
  const needed =
    Number(estimate.upkeepPerDay) - freed + Number(estimate.buildCost) / paybackDaysOf(asked);
  return perRun <= 0 ? 'never' : short(Math.max(0, needed) / perRun);
}
