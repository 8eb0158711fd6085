import type { EpochMs } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import type { Predicted } from '../decide/intent.ts';
import type { Action } from './action.ts';

/** Ordered steps as a value. Making one has no side effects; `materializer/apply-plan.ts` does it, `explain.ts` tells it. */
export interface Plan {
  /** Digest of the steps and of what they rest on; equal inputs, equal digest. */
  readonly digest: string;
  readonly madeAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly steps: readonly PlanStep[];
}

export interface PlanStep {
  readonly action: Action;
  /** Why, in words and numbers. */
  readonly because: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  /** Predicted saving per day net of upkeep, and the price of doing it. */
  readonly predicted?: Predicted;
}

export function makePlanValue(parts: Omit<Plan, 'digest'>): Plan {
  const steps = parts.steps.map(({ action }) => action);
  return {
    digest: digestOf({ steps, madeAt: parts.madeAt, expiresAt: parts.expiresAt }),
    ...parts,
  };
}
