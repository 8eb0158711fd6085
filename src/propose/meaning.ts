import { digestOf } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import type { PlanStep } from '../plan/plan.ts';
import type { Draft, Proposal } from './proposal.ts';

/**
 * What a yes to these steps says yes to, one line a part: what is published, what is stored, which attributes go. Versions, times,
 * budgets and numbers of evidence are left out: with others it is the same thing.
 */
export function partsOf(
  steps: readonly PlanStep[],
  definitionDigestOf: (mart: RelationId) => string | undefined,
): readonly string[] {
  const published = new Map(
    steps.flatMap(({ action }) =>
      'definition' in action ? [[action.mart, digestOf(action.definition)] as const] : [],
    ),
  );
  const definitionOf = (mart: RelationId) =>
    published.get(mart) ?? definitionDigestOf(mart) ?? 'unknown';
  return [
    ...new Set(steps.flatMap(({ action }) => partOf(action, definitionOf(action.mart)))),
  ].toSorted();
}

function partOf(action: PlanStep['action'], definition: string): readonly string[] {
  switch (action.kind) {
    case 'create-mart':
      return [`publish ${definition}`];
    case 'adopt-view':
    case 'adopt-table':
      return [`take over ${definition}`];
    case 'build-version':
      return action.reason === 'promote' ? [`store ${definition}`] : [];
    case 'refresh-version':
      return [];
    case 'fill-version':
      return [`store ${definition}`];
    case 'follow-source':
      return [`follow ${definition}`];
    case 'mark-attributes':
      // What is announced or kept again is a note beside it, and another one tomorrow.
      return action.changes.flatMap(({ name, to }) =>
        to === 'hidden' || to === 'tombstoned' ? [`${to} ${name}`] : [],
      );
    case 'repoint-view':
      return action.to.kind === 'logical' ? ['answer from the definition'] : [];
    case 'release-mart':
      // What readers keep in the one case they lose in the other: a yes to one is none to the other.
      return [action.asItStands === true ? 'give up as it stands' : 'give up'];
    case 'hold-version':
    case 'drop-version':
      return [];
  }
}

/** Equal for the same parts of the same kind of change to the same relation. */
export function meaningOf({
  kind,
  relation,
  parts,
  files = [],
}: Pick<Draft, 'kind' | 'relation'> & {
  readonly parts: readonly string[];
  readonly files?: Draft['files'];
}): string {
  return digestOf({ kind, relation, parts, files });
}

/** Whether a yes to the one is a yes to the other: all it does is part of what was agreed to. */
export function isCoveredBy(
  wanted: Pick<Draft, 'meaning' | 'parts'>,
  agreed: Pick<Proposal, 'meaning' | 'parts'>,
): boolean {
  if (wanted.meaning === agreed.meaning) {
    return true;
  }
  const parts = new Set(agreed.parts);
  return (
    wanted.parts !== undefined &&
    wanted.parts.length > 0 &&
    wanted.parts.every((part) => parts.has(part))
  );
}
