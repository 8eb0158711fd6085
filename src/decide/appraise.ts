import { DAY_MS } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import { readableRelation } from '../base/relation.ts';
import { type NanoUsd, nanoUsd } from '../base/usd.ts';
import { type AnswerParts, answersOf } from '../candidates/answers.ts';
import type { Answer, Candidate } from '../candidates/candidate.ts';
import { roadOf } from '../candidates/roads.ts';
import { bytesPerRow } from '../cost/bytes-per-row.ts';
import { estimateMart, type MartEstimate, REPLAYED_AT_REFRESH } from '../cost/estimate.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import { workOf } from '../cost/work-model.ts';
import type { Mart } from '../marts/mart.ts';
import type { Calibration } from './calibrate.ts';
import {
  type CandidateDemand,
  candidateDemand,
  type DemandSide,
  type PresentCost,
} from './candidate-demand.ts';
import type { Accumulator, CycleInput } from './cycle-input.ts';
import type { DecisionInput } from './decision-rule.ts';
import { definitionCpuMsOf, meanPerRun } from './definition-cost.ts';
import { chooseRefresh, type RefreshChoice } from './refresh-policy.ts';
import { rewrittenAnswers } from './rewritten-answers.ts';
import { withSeason } from './season-demand.ts';
import { boundByReaders } from './strictest-reader.ts';
import type { Survey } from './survey.ts';
import { measuredWork, refreshesPerDay } from './upkeep.ts';
import { worthOf } from './worth.ts';

/** A candidate with what it answers and what it would cost: weighed, not yet judged. */
export interface Appraisal {
  readonly candidate: Candidate;
  readonly mart: Mart | undefined;
  readonly answers: readonly Answer[];
  readonly rows: number;
  readonly estimate: MartEstimate;
  /** How it is kept fresh, and what other ways would cost. */
  readonly refresh: RefreshChoice;
}

const REPLAYED_AT_PROMOTION = 5;

/** A bound on matching work per pass, ~0.5 ms each, in attempts and not in time: every machine stops at the same one. */
export const MOST_MATCHES = 3000;

export function appraise(
  enumerated: Candidate,
  {
    input,
    seen,
    attempts,
  }: { readonly input: CycleInput; readonly seen: Survey; readonly attempts: { left: number } },
): Appraisal {
  const { relation, columns, sources } = enumerated.definition;
  const mart = input.marts.find(({ definition }) => definition.relation === relation);
  const rows = rowsOfMart(enumerated, { mart, seen });
  const parts: AnswerParts = {
    schema: input.schema,
    dialect: input.dialect,
    model: seen.model,
    rowsOf: seen.rowsOf,
    martRows: rows,
    attempts,
  };
  const matched = answersOf(enumerated, { readings: seen.readings, parts });
  const candidate = boundByReaders(enumerated, { answers: matched, input });
  const asked = matched
    .map(({ fingerprint, baseCpuMs }) => ({
      baseCpuMs,
      runs: seen.demandByFingerprint.get(fingerprint)?.runs ?? 0,
    }))
    .toSorted((a, b) => b.runs * b.baseCpuMs - a.runs * a.baseCpuMs);
  const isTable = candidate.enumerator === 'adopted-table' || mart?.was === 'table';
  // Statements that read a table do not show what making it costs.
  const perRun = isTable ? undefined : meanPerRun(asked);
  const before = input.accumulators.find((each) => each.key === candidate.key);
  const cyclesPerDay = DAY_MS / input.cyclePeriodMs;
  const definitionCpuMs = definitionCpuMsOf(candidate, { answers: matched, perRun, seen });
  const replayedCpuMs = asked.slice(0, REPLAYED_AT_PROMOTION).map(({ baseCpuMs }) => baseCpuMs);
  const refresh = chooseRefresh({
    candidate,
    mart,
    input,
    seen,
    changesPerDay: refreshesPerDay(sources, input),
    isRouted: seen.routeClients.size > 0 && matched.some(({ how }) => how !== 'stable-name'),
    work: {
      definitionCpuMs,
      replayedCpuMs: replayedCpuMs.slice(0, REPLAYED_AT_REFRESH),
      readCpuMs: workOf(seen.model, rows * columns.length),
    },
  });
  const kept = refresh.native?.offer;
  const isRewriting = kept?.live === true && kept.rewritesUntold !== true;
  const demandOf = (fingerprint: string) => seen.demandByFingerprint.get(fingerprint);
  const answers =
    isRewriting && input.tellsRewriting === true
      ? rewrittenAnswers(matched, { candidate, catalog: input.catalog, demandOf })
      : matched;
  const estimate = estimateMart({
    rows,
    columns: columns.length,
    bytes: mart?.current?.bytes ?? Math.ceil(rows * bytesPerRow(columns)),
    definitionCpuMs,
    replayedCpuMs,
    refreshesPerDay: refresh.chosen.refreshesPerDay,
    refreshCpuMs: refresh.chosen.cpuMs,
    cyclesPerDay,
    measuringCpuMsPerDay: answers.some((answer) => roadOf(answer) !== 'route')
      ? (input.pairedRunsPerCycle ?? 0) * cyclesPerDay * BASE_RUNS_PER_PAIR * (perRun ?? 0)
      : 0,
    measured: measuredWork(mart, {
      workDone: input.workDone,
      now: input.now,
      workDays: input.policy.evidenceDays,
      physicalSince: before?.stage === 'physical' ? before.stageSince : undefined,
    }),
    price: seen.price,
  });
  return { candidate, mart, answers, rows, estimate, refresh };
}

/** A, B, B, A. */
const BASE_RUNS_PER_PAIR = 2;

export interface WeighParts {
  readonly input: CycleInput;
  readonly seen: Survey;
}

/** The demand of an appraised candidate, given the marts that already stand. */
export function demandFor(
  { answers }: Appraisal,
  { seen, presentCpuMs }: { readonly seen: Survey; readonly presentCpuMs: PresentCost },
): CandidateDemand {
  return candidateDemand({
    answers,
    demandOf: (fingerprint) => seen.demandByFingerprint.get(fingerprint),
    routeClients: seen.routeClients,
    presentCpuMs,
    fromDay: seen.evidenceDays[0] ?? '9999-12-31',
  });
}

/** What the rules are asked about. */
export function decisionInput(
  appraisal: Appraisal,
  parts: WeighParts & {
    readonly demand: CandidateDemand;
    readonly accumulator: Pick<Accumulator, 'missed' | 'past'>;
    readonly calibration: Calibration;
    /** What standing marts cost a day that it would take the place of, less what reading from it costs more. */
    readonly freesPerDay: NanoUsd;
  },
): DecisionInput {
  const { candidate, estimate } = appraisal;
  const { input, seen, demand, accumulator } = parts;
  const { now, policy, cyclePeriodMs, usage } = input;
  const worth = worthOf({
    past: accumulator.past ?? [],
    days: seen.evidenceDays,
    runs: demand.reachable.runs,
    estimate,
    isPhysical: appraisal.mart?.stage === 'physical',
    priceOf: (cpuMs) => priceCpuMs(cpuMs, seen.price),
    calibration: parts.calibration,
    freesPerDay: parts.freesPerDay,
    now,
  });
  return withSeason(
    {
      candidate,
      estimate,
      demand,
      accumulator,
      policy,
      now,
      cyclePeriodMs,
      coverage: Math.min(usage.coverage.parsedCostShare, usage.coverage.resolvedCostShare),
      anchorRows: candidate.anchor === undefined ? 0 : seen.rowsOf(candidate.anchor),
      lastNo: lastNo(candidate, input),
      ...lastFailure(candidate, input),
      doubt: input.drift?.doubtedSources?.find(({ relation }) =>
        candidate.definition.sources.includes(relation),
      ),
      ...worth,
    },
    accumulator.past ?? [],
  );
}

/** The same question with every road open: what a view people could adopt would be worth. */
export function asIfReached(asked: DecisionInput, { input, seen }: WeighParts): DecisionInput {
  const { reachable, unreachable } = asked.demand;
  const all = bothSides(reachable, unreachable);
  const days = Math.max(1, seen.evidenceDays.length);
  const perDay = Math.max(0, all.baseCpuMs - all.martCpuMs) / days;
  const worth = priceCpuMs(perDay, seen.price);
  return {
    ...asked,
    demand: { ...asked.demand, reachable: all },
    forecast: {
      days: seen.evidenceDays.length,
      runsPerDay: all.runs / days,
      savedCpuMsPerDay: perDay,
      lowCpuMsPerDay: perDay,
      highCpuMsPerDay: perDay,
      path: [],
      pattern: asked.forecast.pattern,
      activeDays: all.days,
    },
    saving: { lowPerDay: worth, meanPerDay: worth, highPerDay: worth },
    reservation: { kind: 'none' },
    accumulator: { missed: nanoUsd(0n) },
    now: input.now,
  };
}

function bothSides(a: DemandSide, b: DemandSide): DemandSide {
  return {
    runs: a.runs + b.runs,
    readers: a.readers + b.readers,
    days: Math.max(a.days, b.days),
    baseCpuMs: a.baseCpuMs + b.baseCpuMs,
    martCpuMs: a.martCpuMs + b.martCpuMs,
  };
}

/** Counted where a version was built; else estimated from what it groups by; else as many as its anchor has. */
function rowsOfMart(
  { enumerator, grain, anchor, definition }: Candidate,
  { mart, seen }: { readonly mart: Mart | undefined; readonly seen: Survey },
): number {
  const counted =
    mart?.current?.rows ??
    mart?.hidden.at(-1)?.version.rows ??
    (enumerator === 'adopted-table' ? seen.rowsOf(definition.relation) : undefined);
  if (counted !== undefined) {
    return counted;
  }
  if (anchor === undefined) {
    return definition.sources.reduce((most, id) => Math.max(most, seen.rowsOf(id)), 0);
  }
  return grain === undefined ? seen.rowsOf(anchor) : seen.groupedRowsOf(anchor, grain);
}

function lastFailure(
  { definition }: Candidate,
  { workDone }: CycleInput,
): Pick<DecisionInput, 'lastFailureAt' | 'lastFailure'> {
  const [last] = workDone
    .filter(
      ({ kind, relation, isCancelled }) =>
        kind === 'failed-build' && relation === definition.relation && isCancelled !== true,
    )
    .toSorted((a, b) => b.at - a.at);
  return { lastFailureAt: last?.at, lastFailure: last?.because };
}

function lastNo(
  { key, definition }: Candidate,
  { declined, receipts }: CycleInput,
): DecisionInput['lastNo'] {
  const names = new Set([key, digestOf(definition), definition.relation as string]);
  const noes = [
    ...declined.flatMap(({ digest, at, until, reads = [] }) => {
      const isIt = names.has(digest);
      const isAsWide =
        reads.length > 0 && reads.every((source) => definition.sources.includes(source));
      const why = isIt
        ? 'was declined'
        : `reads all of what ${readableRelation(digest)} reads, which was declined`;
      return isIt || isAsWide ? [{ at, why, ...(until === undefined ? {} : { until }) }] : [];
    }),
    ...receipts
      .filter(({ relation, rolledBack }) => rolledBack && relation === definition.relation)
      .map(({ until }) => ({ at: until, why: 'was rolled back' })),
  ];
  const gravest = (no: NonNullable<DecisionInput['lastNo']>) => Number(no.until === 'for-good');
  return noes.toSorted(
    (a, b) => gravest(b) - gravest(a) || b.at - a.at || (a.why < b.why ? -1 : 1),
  )[0];
}
