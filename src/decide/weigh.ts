import type { RelationId } from '../base/relation.ts';
import { addUsd, type NanoUsd, noMoney, scaleUsd } from '../base/usd.ts';
import { withoutDominated } from '../candidates/dominance.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import { accumulate } from './accumulate.ts';
import { type Appraisal, appraise, decisionInput, demandFor, MOST_MATCHES } from './appraise.ts';
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
import type { Survey } from './survey.ts';

/** An appraised candidate with its demand, its memory, and all the rules ask about. */
export interface Weighed {
  readonly appraisal: Appraisal;
  readonly demand: CandidateDemand;
  readonly accumulator: Accumulator;
  readonly asked: DecisionInput;
  readonly isPhysical: boolean;
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
  const best = bestPhysical(appraisals);
  const memory = new Map(input.accumulators.map((each) => [each.key, each]));
  const kinds = new Map(
    appraisals.flatMap(({ candidate, mart }) =>
      mart === undefined ? [] : [[mart.definition.relation, kindOf(candidate)] as const],
    ),
  );
  const learned = calibrate(input.receipts, (relation) => kinds.get(relation));
  return {
    weighed: kept.map(({ appraisal }) =>
      weighOne(appraisal, { input, seen, best, memory, learned }),
    ),
    dominated: dominated.map(({ item, by }) => ({ item: item.appraisal, by: by.appraisal })),
  };
}

const HORIZON_DAYS = 28;

interface BestMart {
  readonly relation: RelationId;
  readonly martCpuMs: number;
}

/** A template's cheapest physical mart: its runs count for that one only. */
function bestPhysical(appraisals: readonly Appraisal[]): ReadonlyMap<string, BestMart> {
  const best = new Map<string, BestMart>();
  const physical = appraisals
    .filter(({ mart }) => mart?.stage === 'physical')
    .toSorted((a, b) =>
      a.candidate.definition.relation < b.candidate.definition.relation ? -1 : 1,
    );
  for (const { candidate, answers } of physical) {
    for (const { fingerprint, martCpuMs } of answers) {
      if (martCpuMs < (best.get(fingerprint)?.martCpuMs ?? Infinity)) {
        best.set(fingerprint, { relation: candidate.definition.relation, martCpuMs });
      }
    }
  }
  return best;
}

interface WeighOneParts {
  readonly input: CycleInput;
  readonly seen: Survey;
  readonly best: ReadonlyMap<string, BestMart>;
  readonly memory: ReadonlyMap<string, Accumulator>;
  readonly learned: (kind: DecisionKind) => Calibration;
}

function weighOne(
  appraisal: Appraisal,
  { input, seen, best, memory, learned }: WeighOneParts,
): Weighed {
  const { candidate, mart, estimate, answers } = appraisal;
  const { relation } = candidate.definition;
  const isPhysical = mart?.stage === 'physical';
  const presentCpuMs = (fingerprint: string, baseCpuMs: number) => {
    const standing = best.get(fingerprint);
    if (standing === undefined) {
      return baseCpuMs;
    }
    if (isPhysical) {
      return standing.relation === relation ? baseCpuMs : 0;
    }
    return Math.min(baseCpuMs, standing.martCpuMs);
  };
  const demand = demandFor(appraisal, { input, seen, presentCpuMs });
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
      return saved === undefined ? noMoney : priceCpuMs(saved * calibration.factor, seen.price);
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
    presentCpuMs,
    demand,
    accumulator: remembered,
    calibration,
  });
  return { appraisal, demand, accumulator: remembered, asked, isPhysical };
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
