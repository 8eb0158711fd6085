import type { EpochMs } from '../../base/clock.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { readableRelation } from '../../base/relation.ts';
import type { Mart } from '../../marts/mart.ts';
import { makePlanValue, type Plan, type PlanStep } from '../../plan/plan.ts';
import type { Proposal } from '../../propose/proposal.ts';

/**
 * The steps that take back what a proposal did. Rejects with `NOT_UNDONE` where nothing of it is left, or where it takes more than
 * a step: then it says what a person can do.
 */
export function takeBackPlan(
  proposal: Proposal,
  {
    marts,
    now,
    expiresAfter,
  }: { readonly marts: readonly Mart[]; readonly now: EpochMs; readonly expiresAfter: number },
): Plan {
  const mart = marts.find(({ definition }) => definition.relation === proposal.relation);
  if (mart === undefined) {
    throw cannot(proposal, 'it is no mart of Goldsmith any more');
  }
  const action = actionFor(proposal, { mart, now });
  const step: PlanStep = { action, because: 'a person took it back', evidence: {} };
  return makePlanValue({ madeAt: now, expiresAt: now + expiresAfter, steps: [step] });
}

function actionFor(
  proposal: Proposal,
  { mart, now }: { readonly mart: Mart; readonly now: EpochMs },
): PlanStep['action'] {
  const { relation, maxStalenessMs } = mart.definition;
  if (proposal.kind === 'build') {
    return mart.stage === 'physical'
      ? { kind: 'repoint-view', mart: relation, to: { kind: 'logical' } }
      : { kind: 'release-mart', mart: relation };
  }
  const back = mart.hidden
    .map(({ version }) => version)
    .toSorted((a, b) => b.version - a.version)[0];
  if (proposal.kind !== 'drop' || mart.stage !== 'logical' || back === undefined) {
    throw cannot(proposal, `it is taken back otherwise: ${proposal.body.undo}`);
  }
  return {
    kind: 'repoint-view',
    mart: relation,
    to: {
      kind: 'version',
      version: back.version,
      table: back.table,
      freshUntil: now + maxStalenessMs,
    },
  };
}

export function cannot({ relation, body }: Proposal, because: string): GoldsmithError {
  return new GoldsmithError(
    'NOT_UNDONE',
    `${body.title} (${readableRelation(relation)}) was not taken back: ${because}`,
  );
}
