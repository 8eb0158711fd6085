import { dayOf } from '../base/clock.ts';
import { addUsd, type NanoUsd, scaleUsd } from '../base/usd.ts';
import { withoutDominated } from '../candidates/dominance.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import { accumulate } from './accumulate.ts';
import { type Appraisal, appraise, decisionInput, demandFor, MOST_MATCHES } from './appraise.ts';
import { type Beside, besideOf } from './beside.ts';
import {
  type Calibration,
  calibrate,
  type DecisionKind,
  kindOf,
  uncalibrated,
} from './calibrate.ts';
import type { CandidateDemand, DemandSide, TemplateShare } from './candidate-demand.ts';
import type { Accumulator, CycleInput } from './cycle-input.ts';
import type { DecisionInput } from './decision-rule.ts';
import { type PresentTemplate, rememberPast } from './forecast/past.ts';
import { freedBy, type Merge } from './standing.ts';
import type { Survey } from './survey.ts';

/** An appraised candidate with its demand, its memory, and all the rules ask about. */
export interface Weighed {
  readonly appraisal: Appraisal;
  readonly demand: CandidateDemand;
  readonly accumulator: Accumulator;
  readonly asked: DecisionInput;
  readonly isPhysical: boolean;
  /** Given where the marts beside it make it superfluous. */
  readonly merge?: Merge | undefined;
  /** Standing marts it would take the place of, were it built. */
  readonly supersedes: readonly Merge[];
}

export interface Weighing {
  readonly weighed: readonly Weighed[];
  readonly dominated: readonly { readonly item: Appraisal; readonly by: Appraisal }[];
}

/** Weighs every candidate against the marts that already stand. */
export function weigh(input: CycleInput, seen: Survey): Weighing {
  const attempts = { left: MOST_MATCHES };
  const appraisals = seen.candidates.map((candidate) =>
    appraise(candidate, { input, seen, attempts }),
  );
  const { kept, dominated } = withoutDominated(
    appraisals.map((appraisal) => ({
      appraisal,
      candidate: appraisal.candidate,
      answers: appraisal.answers,
      totalCost: addUsd(
        appraisal.estimate.buildCost,
        scaleUsd(appraisal.estimate.upkeepPerDay, HORIZON_DAYS),
      ),
    })),
  );
  const beside = besideOf(appraisals, { input, seen });
  const memory = new Map(input.accumulators.map((each) => [each.key, each]));
  const kinds = new Map(
    appraisals.flatMap(({ candidate, mart }) =>
      mart === undefined ? [] : [[mart.definition.relation, kindOf(candidate)] as const],
    ),
  );
  const learned = calibrate(input.receipts, (relation) => kinds.get(relation));
  return {
    weighed: kept.map(({ appraisal }) =>
      weighOne(appraisal, { input, seen, beside, memory, learned }),
    ),
    dominated: dominated.map(({ item, by }) => ({ item: item.appraisal, by: by.appraisal })),
  };
}

const HORIZON_DAYS = 28;

interface WeighOneParts {
  readonly input: CycleInput;
  readonly seen: Survey;
  readonly beside: Beside;
  readonly memory: ReadonlyMap<string, Accumulator>;
  readonly learned: (kind: DecisionKind) => Calibration;
}

function weighOne(
  appraisal: Appraisal,
  { input, seen, beside, memory, learned }: WeighOneParts,
): Weighed {
  const { candidate, mart, estimate, answers } = appraisal;
  const { relation } = candidate.definition;
  const isPhysical = mart?.stage === 'physical';
  const demand = demandFor(appraisal, { seen, presentCpuMs: beside.presentCpuMs(appraisal) });
  const merge = beside.merges.get(relation);
  const supersedes = beside.supersededBy(appraisal);
  const freesPerDay = freedBy(supersedes);
  const stoodSince = supersedes.map((each) => sinceOf(each, input));
  const calibration = isPhysical
    ? uncalibrated
    : withinBase(learned(kindOf(candidate)), demand.reachable);
  const before = memory.get(candidate.key);
  const accumulator = accumulate(before, {
    key: candidate.key,
    relation,
    now: input.now,
    stage: stageOf(appraisal),
    enteredAt: isPhysical ? (mart.current?.builtAt ?? input.now) : input.now,
    days: seen.days,
    savedOn: (day): NanoUsd => {
      const saved = demand.savedCpuMsByDay.get(day);
      const freed = freedBy(supersedes.filter((_, at) => day > (stoodSince[at] ?? day)));
      return saved === undefined
        ? freed
        : addUsd(priceCpuMs(saved * calibration.factor, seen.price), freed);
    },
    upkeepPerDay: estimate.upkeepPerDay,
    baselines: answers.map(({ fingerprint, baseCpuMs }) => ({
      fingerprint,
      cpuMs: baseCpuMs,
      runs: seen.demandByFingerprint.get(fingerprint)?.baseRuns ?? 0,
    })),
  });
  const past = rememberPast(before?.past ?? [], {
    present: demand.byTemplate.map(presentTemplate),
    days: seen.days,
  });
  const remembered = { ...accumulator, past };
  const asked = decisionInput(appraisal, {
    input,
    seen,
    demand,
    accumulator: remembered,
    calibration,
    freesPerDay,
  });
  return { appraisal, demand, accumulator: remembered, asked, isPhysical, merge, supersedes };
}

/** The day from which on a mart was kept: what it costs is not missed for days before. */
function sinceOf({ relation }: Merge, { accumulators, now }: CycleInput): string {
  const known = accumulators.find(
    (each) => each.relation === relation && each.stage === 'physical',
  );
  return dayOf(known?.stageSince ?? now);
}

/** However much better earlier marts did than predicted, a run saves no more than it costs on base. */
function withinBase(calibration: Calibration, { baseCpuMs, martCpuMs }: DemandSide): Calibration {
  const saved = baseCpuMs - martCpuMs;
  const most = saved <= 0 ? 1 : baseCpuMs / saved;
  return { ...calibration, factor: Math.min(calibration.factor, most) };
}

function presentTemplate(share: TemplateShare): PresentTemplate {
  const { answer, savedCpuMs, readers, sampleIds, runsByDay } = share;
  const { fingerprint, baseCpuMs } = answer;
  return { fingerprint, baseCpuMs, savedCpuMs, readers, sampleIds, runsByDay };
}

function stageOf({ mart }: Appraisal): Accumulator['stage'] {
  if (mart === undefined) {
    return 'none';
  }
  return mart.stage === 'physical' ? 'physical' : 'logical';
}
