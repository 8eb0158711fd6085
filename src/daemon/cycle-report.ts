import { counted } from '../base/counted.ts';
import { relationParts } from '../base/relation.ts';
import { formatUsd, toDollars } from '../base/usd.ts';
import type { ApplyReport, CycleReport, PlanReport, StepReport } from '../http/service.ts';
import type { ApplyOutcome } from '../materializer/apply-parts.ts';
import type { CycleDecision } from '../plan/decide-cycle.ts';
import { explainPlan, sentence } from '../plan/explain.ts';
import type { PlanStep } from '../plan/plan.ts';
import type { CycleResult } from './cycle.ts';

/** A cycle for people and scripts. */
export function cycleReport({
  ingest,
  historyCost,
  input,
  decision,
  applied,
  reacted,
  schema,
}: CycleResult): CycleReport {
  const { coverage } = input.usage;
  const skipped = Object.values(ingest.skipped).reduce((sum, count) => sum + count, 0);
  const steps = [
    ...reacted.map(doneStep),
    ...(applied === undefined ? decision.plan.steps.map(planned) : applied.steps.map(doneStep)),
  ];
  const late = ingest.tooOld === 0 ? '' : `, ${ingest.tooOld} too late to be counted`;
  const byCost = coverage.resolvedCostShare;
  const former =
    coverage.formerShare === undefined
      ? ''
      : `; ${percent(coverage.formerShare)} ran before a schema change, and are told by what was there then`;
  const text = [
    `history   ${counted(ingest.counted, 'statement')} used, ${skipped} skipped, ${ingest.duplicates} seen before, ${ingest.badRows} unreadable${late}`,
    ...(historyCost === 0n ? [] : [`          reading it cost ${formatUsd(historyCost)}`]),
    ...ingest.lastBadRows.map(({ where, because }) => `          ${where}: ${because}`),
    `coverage  ${percent(coverage.resolvedShare)} of statements, ${percent(byCost)} of cost understood to columns${former}`,
    ...schema.unreadViews.map(
      ({ view, because }) => `not read  the definition of ${shortName(view)}: ${because}`,
    ),
    `verdicts  ${decision.verdicts.length} judged, ${counted(decision.unreachable.length, 'kind of demand', 'kinds of demand')} without a road`,
    ...(steps.length === 0
      ? ['plan      nothing to do']
      : steps.map(
          (step) => `${step.outcome.padEnd(9)} ${step.verb} ${step.relation}: ${step.detail}`,
        )),
    ...(applied?.kind === 'refused' && applied.steps.length > 0
      ? [`not done  ${applied.because}`]
      : []),
  ].join('\n');
  return {
    text,
    at: new Date(input.now).toISOString(),
    history: {
      used: ingest.counted,
      duplicate: ingest.duplicates,
      skipped,
      bad: ingest.badRows,
      tooLate: ingest.tooOld,
      costUsd: toDollars(historyCost),
    },
    badRows: ingest.lastBadRows,
    coverage: { byStatements: coverage.resolvedShare, byCost },
    planDigest: decision.plan.digest,
    steps,
    applied: applied?.kind === 'applied',
  };
}

export function planReport({ plan }: CycleDecision): PlanReport {
  return {
    text: explainPlan(plan),
    digest: plan.digest,
    expiresAt: new Date(plan.expiresAt).toISOString(),
    steps: plan.steps.map(planned),
  };
}

export function applyReport(outcome: ApplyOutcome): ApplyReport {
  const steps = outcome.steps.map(doneStep);
  return {
    text: [
      ...steps.map(
        ({ verb, relation, outcome: ending, detail }) =>
          `${ending.padEnd(8)} ${verb} ${relation}: ${detail}`,
      ),
      outcome.because,
    ].join('\n'),
    digest: outcome.planDigest,
    ok: outcome.kind === 'applied' || outcome.steps.length === 0,
    steps,
  };
}

function planned({ action, because }: PlanStep): StepReport {
  return {
    verb: action.kind,
    relation: shortName(action.mart),
    because,
    outcome: 'planned',
    detail: sentence(action),
  };
}

function doneStep({ action, outcome, detail }: ApplyOutcome['steps'][number]): StepReport {
  return { verb: action.kind, relation: shortName(action.mart), because: '', outcome, detail };
}

/** `gold.sales` for `lake.gold.sales`. */
export function shortName(id: string): string {
  const { schema, name } = relationParts(id);
  return schema === undefined ? name : `${schema}.${name}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
