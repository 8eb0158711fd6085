import type { EpochMs } from '../base/clock.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import { makePlanValue, type Plan } from '../plan/plan.ts';

/** How the ledger calls an attribute a person asked back; `digest` is its name. */
export const KEPT_ATTRIBUTE = 'kept-attribute';

/** The attribute as the mart has it, if it is on its way out. */
export function prunedAttribute(
  { relation, attribute }: { readonly relation: RelationId; readonly attribute: string },
  marts: readonly Mart[],
): string {
  const mart = marts.find(({ definition }) => definition.relation === relation);
  if (mart === undefined) {
    throw new GoldsmithError(
      'NOT_A_MART',
      `${relation} is not a mart of Goldsmith's, so nothing of it was pruned`,
    );
  }
  const wanted = attribute.toLowerCase();
  const found = mart.pruned?.find(({ name }) => name.toLowerCase() === wanted);
  if (found === undefined) {
    const pruned = mart.pruned?.map(({ name }) => name).join(', ') ?? '';
    throw new GoldsmithError(
      'NOT_PRUNED',
      `${attribute} of ${relation} is not pruned; ${pruned === '' ? 'nothing of it is' : `these are: ${pruned}`}`,
    );
  }
  return found.name;
}

/** Of a cycle's plan the steps that bring attributes of one mart back, as a plan of their own. */
export function restorePlan(
  plan: Plan,
  { relation, now }: { readonly relation: RelationId; readonly now: EpochMs },
): Plan {
  const steps = plan.steps.filter(
    ({ action }) =>
      action.mart === relation &&
      (action.kind === 'build-version' ||
        action.kind === 'mark-attributes' ||
        (action.kind === 'repoint-view' && action.to.kind === 'version')),
  );
  return makePlanValue({ madeAt: now, expiresAt: plan.expiresAt, steps });
}
