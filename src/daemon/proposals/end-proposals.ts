import type { Mart } from '../../marts/mart.ts';
import type { ApplyOutcome, StepOutcome } from '../../materializer/apply-parts.ts';
import type { CycleDecision } from '../../plan/decide-cycle.ts';
import type { Plan } from '../../plan/plan.ts';
import { isDone } from '../../propose/is-done.ts';
import { drawUp } from '../../propose/merge-drafts.ts';
import { GOLDSMITH, moveProposal } from '../../propose/move.ts';
import type { Move, Proposal } from '../../propose/proposal.ts';
import type { UsageSnapshot } from '../../usage/template.ts';
import type { Engine } from '../engine.ts';
import { draftProposals } from './draft-proposals.ts';

export interface EndParts {
  readonly plan: Plan;
  readonly outcome: ApplyOutcome;
  readonly decision: CycleDecision;
  readonly usage: UsageSnapshot;
  /** As they stood before and stand after it. */
  readonly before: readonly Mart[];
  readonly marts: readonly Mart[];
}

/**
 * Notes what became of approved proposals, and of what nobody was asked about: so that it can be followed and taken back. What
 * could not be done yet stays approved.
 */
export function endProposals(engine: Engine, parts: EndParts): void {
  const { memory, store } = engine;
  store.documents.transaction(() => {
    const approved = memory.proposals.list().filter(({ state }) => state === 'approved');
    for (const proposal of approved) {
      const next = afterApplying(proposal, engine, parts);
      if (next !== undefined) {
        keep(engine, next);
      }
    }
    for (const done of doneUnasked(engine, { ...parts, approved })) {
      keep(engine, done);
    }
  });
}

function keep({ memory, log }: Pick<Engine, 'memory' | 'log'>, proposal: Proposal): void {
  memory.proposals.put(proposal.id, proposal);
  const { id, kind, relation, moves } = proposal;
  const { to, words } = moves.at(-1) ?? {};
  log.info({ proposal: id, kind, mart: relation, to, words }, 'proposal moved');
}

function afterApplying(
  proposal: Proposal,
  { clock, config }: Pick<Engine, 'clock' | 'config'>,
  { outcome, marts }: EndParts,
): Proposal | undefined {
  const its = outcome.steps.filter(({ action }) => action.mart === proposal.relation);
  const now = clock.now();
  if (isDone(proposal, marts)) {
    return moved(proposal, { to: 'applied', at: now, by: GOLDSMITH });
  }
  const failed = its.find(isFinal);
  if (failed !== undefined) {
    return moved(proposal, { to: 'overtaken', at: now, by: GOLDSMITH, words: failed.detail });
  }
  // A build in steps was begun: it is gone on with, whenever it was said yes to.
  return its.some(
    ({ action, outcome: ending }) => action.kind === 'fill-version' && ending === 'done',
  )
    ? { ...proposal, expiresAt: now + config.propose.approvedFor }
    : undefined;
}

/** A check that refused, not a fault of the moment nor a cap: trying again would bring the same. */
function isFinal({ outcome, code }: StepOutcome): boolean {
  return (
    outcome === 'failed' && !/^(CONNECTOR_|LEASE_|LEDGER_|CANCELLED|UNEXPECTED|CAP_)/.test(code)
  );
}

/** Decisions carried out in full that no proposal asked about. */
function doneUnasked(
  engine: Engine,
  {
    plan,
    outcome,
    decision,
    usage,
    before,
    approved,
  }: EndParts & { readonly approved: readonly Proposal[] },
): readonly Proposal[] {
  const now = engine.clock.now();
  const endings = new Map(plan.steps.map((step, at) => [step, outcome.steps[at]?.outcome]));
  return draftProposals(engine, { decision: { ...decision, plan }, marts: before, usage })
    .filter(
      ({ kind, relation, steps }) =>
        steps.every(
          (step) => endings.get(step) === 'done' && step.action.kind !== 'fill-version',
        ) && !approved.some((one) => one.kind === kind && one.relation === relation),
    )
    .flatMap((draft) => {
      const drawn = drawUp(draft, { now, settings: engine.config.propose });
      return moved(drawn, { to: 'applied', at: now, by: GOLDSMITH, words: 'without asking' }) ?? [];
    });
}

function moved(proposal: Proposal, move: Move): Proposal | undefined {
  const answer = moveProposal(proposal, move);
  return answer.kind === 'moved' ? answer.proposal : undefined;
}
