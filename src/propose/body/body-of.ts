import type { RelationId } from '../../base/relation.ts';
import { readableRelation } from '../../base/relation.ts';
import { addUsd, formatUsd, type NanoUsd } from '../../base/usd.ts';
import type { CandidateVerdict } from '../../decide/decisions.ts';
import type { PlanStep } from '../../plan/plan.ts';
import { riskOf } from '../../plan/risk.ts';
import type { ProposalBody, ProposalKind } from '../proposal.ts';
import type { Demand } from './demand-of.ts';
import { proofsOf } from './proofs-of.ts';
import { titleOf } from './title-of.ts';

export interface BodyParts {
  readonly kind: ProposalKind;
  readonly relation: RelationId;
  readonly steps: readonly PlanStep[];
  /** The judgement the steps rest on; absent where none was made. */
  readonly verdict: CandidateVerdict | undefined;
  readonly demand: Demand;
  /** Statements that would be sent. */
  readonly sql: readonly string[];
}

/** What people read about some steps of a plan: the numbers of the decision itself, not a second calculation. */
export function bodyOf({ kind, relation, steps, verdict, demand, sql }: BodyParts): ProposalBody {
  return {
    title: titleOf(steps, relation),
    because: becauseOf(steps),
    money: moneyOf(steps, arithmeticFor({ kind, steps, verdict })),
    evidence: demand.evidence,
    readers: demand.readers,
    risks: risksOf(steps),
    proofs: proofsOf(steps),
    undo: undoOf(kind, steps, relation),
    sql,
  };
}

/** Each reason once; `once it is proved equal` says nothing of its own. */
function becauseOf(steps: readonly PlanStep[]): string {
  const reasons = steps
    .filter(
      ({ action }, at) =>
        at === 0 || !(action.kind === 'repoint-view' && action.to.kind === 'version'),
    )
    .map(({ because }) => because);
  return [...new Set(reasons)].join('; ');
}

function arithmeticFor({
  kind,
  steps,
  verdict,
}: Pick<BodyParts, 'kind' | 'steps' | 'verdict'>): readonly string[] {
  // Where sources changed it is no question of money.
  if (kind === 'follow') {
    return ['it is the same mart: what it saves and costs stays as it is'];
  }
  return steps.some(({ action }) => action.kind === 'release-mart' && action.asItStands === true)
    ? ['it cannot be refreshed any more, so nothing is spent on it']
    : arithmeticOf(verdict);
}

function moneyOf(steps: readonly PlanStep[], arithmetic: readonly string[]): ProposalBody['money'] {
  const predicted = steps.flatMap((step) => step.predicted ?? []);
  const intervals = predicted.flatMap(({ between }) => (between === undefined ? [] : [between]));
  return {
    ...(predicted.length === 0
      ? {}
      : {
          netPerDay: addUsd(...predicted.map(({ netPerDay }) => netPerDay)),
          once: addUsd(...predicted.map(({ cost }) => cost)),
        }),
    ...(intervals.length === 0 || intervals.length < predicted.length
      ? {}
      : {
          interval: [
            addUsd(...intervals.map(([low]) => low)),
            addUsd(...intervals.map(([, high]) => high)),
          ] as readonly [NanoUsd, NanoUsd],
        }),
    arithmetic,
  };
}

function arithmeticOf(verdict: CandidateVerdict | undefined): readonly string[] {
  if (verdict === undefined) {
    return [];
  }
  const { numbers } = verdict;
  const { runsPerDay, runsPerDayToPay, basePerRunMs, martPerRunMs, basis } = numbers;
  return [
    `${runsPerDay} runs a day, ${basePerRunMs} ms each on base and ${martPerRunMs} ms on the mart (${basis})`,
    `saves ${numbers.savesPerDay} a day, less ${numbers.upkeepPerDay} a day of refreshes and storage`,
    `building costs ${numbers.buildCost} once; waiting has cost ${numbers.missedSavings} so far`,
    ...(numbers.netLoss === formatUsd(addUsd())
      ? []
      : [`as a table it has lost ${numbers.netLoss}`]),
    runsPerDayToPay === 'never'
      ? 'no number of runs a day would pay for it'
      : `pays from ${runsPerDayToPay} runs a day on`,
    ...[numbers.expected, numbers.refresh, numbers.beside].flatMap((each) => each ?? []),
  ];
}

/** The gravest first, each once. */
function risksOf(steps: readonly PlanStep[]): readonly string[] {
  const order = ['high', 'low', 'none'];
  const risks = steps
    .map(({ action }) => riskOf(action))
    .toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
    .map(({ level, because }) => `${level}: ${because}`);
  return [...new Set(risks)];
}

/** Whoever reads it knows the id: it stands beside. */
function undoOf(kind: ProposalKind, steps: readonly PlanStep[], relation: RelationId): string {
  const name = readableRelation(relation);
  const kinds = new Set(steps.map(({ action }) => action.kind));
  if (kind === 'build') {
    return kinds.has('build-version') || kinds.has('fill-version')
      ? `\`goldsmith undo\` or \`goldsmith rollback ${name}\`: readers are answered from the definition again`
      : '`goldsmith undo`: the view is given up again';
  }
  if (kind === 'prune') {
    return `\`goldsmith undo\`, or \`goldsmith restore ${name} <attribute>\` for one of them`;
  }
  if (kind === 'drop' && !kinds.has('release-mart')) {
    return '`goldsmith undo`, as long as its last version is only hidden and its sources are as they were';
  }
  if (kind === 'follow') {
    return '`goldsmith undo`, once its former definition can be computed again: it stays in the ledger, and `goldsmith drift --json` shows both';
  }
  const [last] = steps.map(({ action }) => riskOf(action).undo).toReversed();
  return last ?? 'nothing in the warehouse changes';
}
