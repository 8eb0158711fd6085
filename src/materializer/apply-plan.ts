import type { RelationId } from '../base/relation.ts';
import { addUsd, noMoney } from '../base/usd.ts';
import type { Connector, Purpose, StatementCost } from '../connectors/connector.ts';
import type { WorkDone } from '../marts/receipt.ts';
import type { Action } from '../plan/action.ts';
import { makePlanValue, type Plan } from '../plan/plan.ts';
import { meterConnector } from '../prove/metered.ts';
import type { ApplyOutcome, ApplyParts, StepOutcome } from './apply-parts.ts';
import { applyStep } from './apply-step.ts';
import { moneyOfBuilds, workDoneBy } from './work-done.ts';

/**
 * Does exactly what the plan says, step by step. A step that is refused (by a cap, a check, a foreign change) stops the
 * later steps of its mart; a fault (the warehouse, the lease, a cancel) stops the plan. Steps the journal shows as done
 * under this plan's digest are not done again, so applying a plan after a crash converges.
 */
export async function applyPlan(plan: Plan, parts: ApplyParts): Promise<ApplyOutcome> {
  const refused = refusedWhole(plan, parts);
  if (refused !== undefined) {
    const steps = plan.steps.map(({ action }) => skipped(action));
    return { planDigest: plan.digest, kind: 'refused', because: refused, steps, work: [] };
  }
  const done = new Set(
    (await parts.ledger.entriesOfPlan(plan.digest))
      .filter(({ outcome }) => outcome === 'done')
      .map(({ step }) => step),
  );
  const steps: StepOutcome[] = [];
  const work: WorkDone[] = [];
  let stopped: StepOutcome | undefined;
  const troubled = new Set<RelationId>();
  for (const [step, { action }] of plan.steps.entries()) {
    if ((stopped !== undefined && stopsAll(stopped)) || troubled.has(action.mart)) {
      steps.push(skipped(action));
      continue;
    }
    if (done.has(step)) {
      const detail = 'the journal shows it as done under this plan already';
      steps.push({ action, outcome: 'done', code: 'DONE_BEFORE', detail, evidence: {} });
      continue;
    }
    const costs: { purpose: Purpose; cost: StatementCost }[] = [];
    const connector = meterConnector(parts.connector, (purpose, cost) => {
      costs.push({ purpose, cost });
    });
    const outcome = await applyStep(
      { plan, step, action },
      {
        ...parts,
        connector,
        spentOnBuilds: () => addUsd(parts.spentOnBuilds(), moneyOfBuilds(work)),
      },
    );
    steps.push(outcome);
    work.push(...workDoneBy(outcome, { costs, at: parts.clock.now(), priceCpu: parts.priceCpu }));
    if (outcome.outcome !== 'done') {
      troubled.add(action.mart);
      stopped = stopped === undefined || !stopsAll(stopped) ? outcome : stopped;
    }
  }
  return {
    planDigest: plan.digest,
    kind: stopped === undefined ? 'applied' : 'stopped',
    because:
      stopped === undefined
        ? allDone(plan.steps.length)
        : `stopped at ${stopped.action.kind} of ${stopped.action.mart}: ${stopped.detail}`,
    steps,
    work: sumUp(work),
  };
}

function allDone(steps: number): string {
  return steps === 1 ? 'its one step is done' : `all ${steps} steps are done`;
}

/** One entry for each mart, kind and moment, so that none hides another where they are kept by these. */
function sumUp(work: readonly WorkDone[]): readonly WorkDone[] {
  const sums = new Map<string, WorkDone>();
  for (const entry of work) {
    const key = `${entry.at}/${entry.kind}/${entry.relation}`;
    const { cpuMs, cost, tookMs = 0 } = sums.get(key) ?? { cpuMs: 0, cost: noMoney };
    sums.set(key, {
      ...entry,
      cpuMs: cpuMs + entry.cpuMs,
      cost: addUsd(cost, entry.cost),
      ...(entry.tookMs === undefined ? {} : { tookMs: tookMs + entry.tookMs }),
    });
  }
  return [...sums.values()];
}

/** A refusal concerns one mart; what is not a refusal may hit the next step just as well. */
function stopsAll({ code }: StepOutcome): boolean {
  return /^(CONNECTOR_|LEASE_|LEDGER_|CANCELLED|UNEXPECTED|CAP_KILL_SWITCH)/.test(code);
}

function refusedWhole(plan: Plan, parts: ApplyParts): string | undefined {
  const { connector, mode, clock } = parts;
  if (mode === 'observe' || !connector.capabilities.canWrite) {
    return 'mode observe: Goldsmith looks and tells, and changes nothing';
  }
  if (mode === 'propose' && parts.approved !== true) {
    return 'mode propose: a person has to approve this plan first, e.g. with `goldsmith apply`';
  }
  const { digest, ...content } = plan;
  if (makePlanValue(content).digest !== digest) {
    return `the plan's steps do not match its digest ${digest}: it was changed after it was made`;
  }
  const late = clock.now() - plan.expiresAt;
  if (late > 0) {
    return `the plan expired ${Math.ceil(late / 1000)} s ago; make a new one`;
  }
  return publishesNothing(connector);
}

/** Why nothing is published in this warehouse, whatever the plan; absent where something may be. */
export function publishesNothing(connector: Connector): string | undefined {
  const { transactionalDdl, hasGrants } = connector.capabilities;
  const { access, staged } = connector.wording;
  if ((!transactionalDdl && staged === undefined) || (hasGrants && access === undefined)) {
    return `${connector.name} has neither transactional DDL nor statements that each do a whole step, or grants this version cannot compare, so nothing is published there yet`;
  }
  return undefined;
}

function skipped(action: Action): StepOutcome {
  const detail = 'not begun, because an earlier step is not done';
  return { action, outcome: 'skipped', code: 'NOT_BEGUN', detail, evidence: {} };
}
