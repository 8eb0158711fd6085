import type { CycleInput } from '../../decide/cycle-input.ts';
import type { Mart } from '../../marts/mart.ts';
import type { ApplyOutcome } from '../../materializer/apply-parts.ts';
import type { CycleDecision } from '../../plan/decide-cycle.ts';
import type { Plan } from '../../plan/plan.ts';
import { applyUnderLease } from '../apply.ts';
import type { Engine } from '../engine.ts';
import { keepCarriedOut } from '../keep-savings.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import { predictedMsPerDay } from '../predicted-time.ts';

export interface AgreedParts {
  /** What of the decision people agreed to, or are not asked about. */
  readonly plan: Plan;
  readonly decision: CycleDecision;
  readonly input: CycleInput;
  readonly schema: ObservedSchema;
  readonly signal?: AbortSignal | undefined;
}

/** Carries out what nobody has to be asked about any more, on what its decision measured; with the marts as they stand after it. */
export async function applyAgreed(
  engine: Engine,
  { plan, decision, input, schema, signal }: AgreedParts,
): Promise<{ readonly outcome: ApplyOutcome; readonly marts: readonly Mart[] }> {
  const outcome = await applyUnderLease(engine, {
    plan,
    schema,
    facts: input.facts,
    sourceStates: input.sourceStates,
    measuredAt: input.now,
    approved: false,
    agreed: true,
    signal,
  });
  const marts = await engine.ledger.readMarts();
  keepCarriedOut(engine, {
    plan,
    outcome,
    marts,
    predictedMs: (mart) => predictedMsPerDay(mart, { decision, usage: input.usage }),
  });
  return { outcome, marts };
}
