import type { CycleInput } from '../decide/cycle-input.ts';
import { decide } from '../decide/decide.ts';
import type { Decisions } from '../decide/decisions.ts';
import { makePlan } from './make-plan.ts';
import type { Plan } from './plan.ts';

/** One cycle's decision: the plan, and the verdict on everything that is not in it. */
export interface CycleDecision extends Omit<Decisions, 'intents'> {
  readonly plan: Plan;
}

/** Pure: the same recorded input gives the same plan digest on any machine (law 16). */
export function decideCycle(input: CycleInput): CycleDecision {
  const { intents, ...decisions } = decide(input);
  const plan = makePlan(intents, {
    madeAt: input.now,
    expiresAt: input.now + input.policy.planExpiresAfter,
  });
  return { ...decisions, plan };
}
