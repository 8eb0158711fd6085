import type { Action, ActionKind } from '../plan/action.ts';
import type { PlanStep } from '../plan/plan.ts';
import type { ProposalKind } from './proposal.ts';

/** Steps of one mart that people say yes or no to together. */
export interface AskedSteps {
  readonly kind: ProposalKind;
  readonly relation: Action['mart'];
  readonly steps: readonly PlanStep[];
}

export interface SortedSteps {
  readonly asked: readonly AskedSteps[];
  /** Keeps what people agreed to as it is: refreshes, renewals, drops after a grace, what protects readers. */
  readonly upkeep: readonly PlanStep[];
}

/**
 * Which steps of a plan people are asked about, mart by mart, in the plan's order. A mart's steps are one question: its table is
 * built for the view that is published, and a refresh in a smaller form is built for the attributes that are hidden.
 */
export function sortSteps(steps: readonly PlanStep[]): SortedSteps {
  const byMart = [...Map.groupBy(steps, ({ action }) => action.mart)];
  const asked = byMart.flatMap(([relation, all]): readonly AskedSteps[] => {
    const kind = askedBy(all);
    if (kind === undefined) {
      return [];
    }
    return [{ kind, relation, steps: all.filter(({ action }) => action.kind !== 'drop-version') }];
  });
  const taken = new Set(asked.flatMap((one) => one.steps));
  return { asked, upkeep: steps.filter((step) => !taken.has(step)) };
}

/** The gravest question among the steps of one mart; absent where they are upkeep. */
function askedBy(steps: readonly PlanStep[]): ProposalKind | undefined {
  const isBackAgain = steps.some(
    ({ action }) => action.kind === 'repoint-view' && action.to.kind === 'version',
  );
  const kinds = new Set(
    steps.map((step) => (isBackAgain && isDemotion(step) ? undefined : askedByStep(step))),
  );
  return GRAVEST_FIRST.find((kind) => kinds.has(kind));
}

const GRAVEST_FIRST: readonly ProposalKind[] = ['drop', 'follow', 'prune', 'build'];

/** A closed list: a new verb has to say here who is asked about it. */
const ASKED: Readonly<Record<ActionKind, (step: PlanStep) => ProposalKind | undefined>> = {
  'create-mart': () => 'build',
  'adopt-view': () => 'build',
  'adopt-table': () => 'build',
  'fill-version': () => 'build',
  'build-version': ({ action }) =>
    action.kind === 'build-version' && action.reason === 'promote' ? 'build' : undefined,
  'mark-attributes': ({ action }) =>
    action.kind === 'mark-attributes' &&
    action.changes.some(({ to }) => to === 'hidden' || to === 'tombstoned')
      ? 'prune'
      : undefined,
  'refresh-version': () => undefined,
  'hold-version': () => undefined,
  'repoint-view': (step) => (isDemotion(step) ? 'drop' : undefined),
  'follow-source': () => 'follow',
  'release-mart': () => 'drop',
  'drop-version': () => undefined,
};

/** What nothing but a person's word can justify, because its sources changed: asked in mode `auto` too, whatever is configured. */
export function needsAWord({ steps }: Pick<AskedSteps, 'steps'>): boolean {
  return steps.some(
    ({ action }) =>
      (action.kind === 'follow-source' && action.proof === 'approved') ||
      (action.kind === 'release-mart' && action.asItStands === true),
  );
}

function askedByStep(step: PlanStep): ProposalKind | undefined {
  return ASKED[step.action.kind](step);
}

/** A view that goes back to its definition for its money; where its table is out of date nobody is asked. */
function isDemotion({ action, evidence }: PlanStep): boolean {
  return (
    action.kind === 'repoint-view' &&
    action.to.kind === 'logical' &&
    evidence['outOfDate'] === undefined
  );
}
