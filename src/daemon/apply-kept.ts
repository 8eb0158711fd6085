import { GoldsmithError } from '../base/goldsmith-error.ts';
import { noFacts } from '../marts/facts.ts';
import type { ApplyOutcome } from '../materializer/apply-parts.ts';
import { whyStale } from '../plan/is-stale.ts';
import type { Plan } from '../plan/plan.ts';
import { applyUnderLease } from './apply.ts';
import type { CycleResult } from './cycle.ts';
import { keepNewBases } from './drift/drift-basis.ts';
import type { Engine } from './engine.ts';
import { keepCarriedOut } from './keep-savings.ts';
import { observe } from './observe.ts';
import { predictedMsPerDay } from './predicted-time.ts';

/** The plan a person last looked at. Rejects with `NO_PLAN`, or with `PLAN_REPLACED` where they name another one. */
export function keptPlan({ memory }: Pick<Engine, 'memory'>, digest: string | undefined): Plan {
  const plan = memory.plans.get('latest');
  if (plan === undefined) {
    throw new GoldsmithError(
      'NO_PLAN',
      'there is no plan to apply: make one with `goldsmith plan`',
    );
  }
  if (digest !== undefined && !plan.digest.startsWith(digest)) {
    throw new GoldsmithError(
      'PLAN_REPLACED',
      `the last plan is ${plan.digest}, not ${digest}: look at it with \`goldsmith plan\` and apply that one`,
    );
  }
  return plan;
}

/** A plan that was begun is gone on with; one that was not must still fit the world it was made for, else `PLAN_STALE`. */
export async function requireFits(
  { ledger, clock }: Pick<Engine, 'ledger' | 'clock'>,
  plan: Plan,
): Promise<void> {
  if ((await ledger.entriesOfPlan(plan.digest)).length > 0) {
    return;
  }
  const why = whyStale(plan, { now: clock.now(), marts: await ledger.readMarts() });
  if (why !== undefined) {
    throw new GoldsmithError(
      'PLAN_STALE',
      `plan ${plan.digest} no longer fits: ${why}. Look at a new one with \`goldsmith plan\``,
    );
  }
}

export interface ApprovedParts {
  readonly plan: Plan;
  /** The last cycle: its facts and what it predicted. */
  readonly last: CycleResult | undefined;
  /** Where a person is told what came of it, so that no notice has to. */
  readonly isSaid?: boolean;
  readonly signal: AbortSignal;
}

/** Carries out what a person approved, outside a cycle. */
export async function applyApproved(
  engine: Engine,
  { plan, last, isSaid = false, signal }: ApprovedParts,
): Promise<ApplyOutcome> {
  const marts = await engine.ledger.readMarts();
  const schema = await observe(engine, { marts, signal });
  const outcome = await applyUnderLease(engine, {
    plan,
    schema,
    facts: last?.input.facts ?? noFacts,
    sourceStates: [],
    measuredAt: engine.clock.now(),
    approved: true,
    isSaid,
    signal,
  });
  keepCarriedOut(engine, {
    plan,
    outcome,
    predictedMs: (mart) =>
      last === undefined
        ? 0
        : predictedMsPerDay(mart, { decision: last.decision, usage: last.input.usage }),
  });
  await keepNewBases(engine, {
    marts: await engine.ledger.readMarts(),
    schema,
    drift: last?.input.drift,
    signal,
  });
  forgetApplied(engine, outcome);
  return outcome;
}

/** A plan that was carried out is spent: asked for again, its journal would call it done whatever happened since. */
export function forgetApplied(
  { memory: { plans } }: Pick<Engine, 'memory'>,
  outcome: ApplyOutcome | undefined,
): void {
  if (outcome?.kind === 'applied' && plans.get('latest')?.digest === outcome.planDigest) {
    plans.remove('latest');
  }
}
