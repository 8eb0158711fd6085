import type { CycleInput, Held } from '../../decide/cycle-input.ts';
import { type CycleDecision, decideCycle } from '../../plan/decide-cycle.ts';
import { makePlanValue, type Plan } from '../../plan/plan.ts';
import { type AskedSteps, needsAWord, sortSteps } from '../../propose/asked-of.ts';
import { isCoveredBy } from '../../propose/meaning.ts';
import type { Proposal, ProposalKind } from '../../propose/proposal.ts';
import { meaningOfSteps } from './draft-proposals.ts';

export interface ToDoParts {
  readonly decision: CycleDecision;
  readonly input: CycleInput;
  /** Kinds a person has to say yes to. */
  readonly asks: ReadonlySet<ProposalKind>;
  readonly approved: readonly Proposal[];
  /** Whether a person's no stands against these steps. */
  readonly isDeclined: (asked: AskedSteps) => boolean;
  /** Nothing but what was approved: upkeep waits for its cycle. */
  readonly approvedOnly: boolean;
}

/**
 * What of a decision may be done now: upkeep, what nobody is asked about, and what people said yes to, with the steps of this
 * decision. Where a demotion or a prune is not agreed to, it is decided again without it: such a mart goes on being refreshed.
 */
export function planToDo(parts: ToDoParts): Plan {
  const { decision, input, asks } = parts;
  const all = sortSteps(decision.plan.steps).asked;
  const open = all.filter((asked) => !mayBeDone(asked, parts));
  if (open.length === 0 && !parts.approvedOnly) {
    return decision.plan;
  }
  const held = heldBack(open, input.held);
  const { plan } =
    held === undefined || parts.approvedOnly ? decision : decideCycle({ ...input, held });
  const sorted = sortSteps(plan.steps);
  const chosen = new Set([
    ...(parts.approvedOnly ? [] : sorted.upkeep),
    ...sorted.asked
      .filter((asked) =>
        parts.approvedOnly
          ? (asks.has(asked.kind) || needsAWord(asked)) && mayBeDone(asked, parts)
          : mayBeDone(asked, parts),
      )
      .flatMap(({ steps }) => steps),
  ]);
  const { madeAt, expiresAt } = plan;
  return makePlanValue({ madeAt, expiresAt, steps: plan.steps.filter((step) => chosen.has(step)) });
}

function mayBeDone(asked: AskedSteps, { asks, approved, input, isDeclined }: ToDoParts): boolean {
  const wanted = meaningOfSteps(asked, input.marts);
  const isApproved = approved.some(
    (one) => one.kind === asked.kind && one.relation === asked.relation && isCoveredBy(wanted, one),
  );
  return isApproved || !(asks.has(asked.kind) || needsAWord(asked) || isDeclined(asked));
}

function heldBack(open: readonly AskedSteps[], before: Held | undefined): Held | undefined {
  const of = (kind: ProposalKind) =>
    open.filter((asked) => asked.kind === kind).map(({ relation }) => relation);
  const [drops, prunes] = [of('drop'), of('prune')];
  return drops.length + prunes.length === 0
    ? undefined
    : {
        drops: [...(before?.drops ?? []), ...drops],
        prunes: [...(before?.prunes ?? []), ...prunes],
      };
}
