import type { EpochMs } from '../base/clock.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { Policy } from '../decide/policy.ts';
import type { Mart } from '../marts/mart.ts';
import { makePlanValue, type Plan } from '../plan/plan.ts';

/** How the ledger calls what a person said no to. */
export const DECLINED = 'declined';

export interface RollbackParts {
  readonly marts: readonly Mart[];
  readonly now: EpochMs;
  readonly policy: Policy;
}

/** The plan that takes one mart back to its logical definition because a person said so. */
export function rollbackPlan(relation: RelationId, { marts, now, policy }: RollbackParts): Plan {
  const mart = marts.find(({ definition }) => definition.relation === relation);
  if (mart === undefined) {
    const known = marts.map(({ definition }) => definition.relation).join(', ');
    throw new GoldsmithError(
      'NOT_A_MART',
      `${relation} is not a mart of Goldsmith's; ${known === '' ? 'there is none' : `there are ${known}`}`,
    );
  }
  if (mart.stage !== 'physical') {
    throw new GoldsmithError('NOT_PHYSICAL', `${relation} is a view already: nothing to roll back`);
  }
  return makePlanValue({
    madeAt: now,
    expiresAt: now + policy.planExpiresAfter,
    steps: [
      {
        action: { kind: 'repoint-view', mart: relation, to: { kind: 'logical' } },
        because: 'a person asked for it',
        evidence: {},
      },
    ],
  });
}
