import { type RelationId, readableRelation } from '../../base/relation.ts';
import type { Action } from '../../plan/action.ts';
import type { PlanStep } from '../../plan/plan.ts';

/** `Take over and build gold.daily_sales`: what the steps come to, in a line. */
export function titleOf(steps: readonly PlanStep[], relation: RelationId): string {
  const actions = steps.map(({ action }) => action);
  const name = readableRelation(relation);
  const marks = actions.find(isMarking);
  if (marks !== undefined) {
    return `${hidden(marks)} of ${name}`;
  }
  const kinds = new Set(actions.map(({ kind }) => kind));
  const release = actions.find((action) => action.kind === 'release-mart');
  if (release !== undefined) {
    return `Give ${name} up${release.asItStands === true ? ' as it stands' : ''}`;
  }
  const follow = actions.find((action) => action.kind === 'follow-source');
  if (follow !== undefined) {
    return follow.without === undefined
      ? `Follow a change of the sources of ${name}`
      : `Take ${follow.without.join(', ')} out of ${name}`;
  }
  const isStored = kinds.has('build-version') || kinds.has('fill-version');
  if (kinds.has('adopt-view') || kinds.has('adopt-table')) {
    return `Take over ${isStored ? 'and build ' : ''}${name}`;
  }
  if (isStored) {
    return `Build ${name}`;
  }
  return kinds.has('create-mart') ? `Publish ${name} as a view` : `Demote ${name} to a view`;
}

type Marking = Extract<Action, { readonly kind: 'mark-attributes' }>;

function isMarking(action: Action): action is Marking {
  return action.kind === 'mark-attributes';
}

const VERBS = [
  ['tombstoned', 'Take away'],
  ['hidden', 'Hide'],
] as const;

/** `Take away a, b; hide c`. */
function hidden({ changes }: Marking): string {
  const said = VERBS.flatMap(([stage, verb]) => {
    const names = changes.filter(({ to }) => to === stage).map(({ name }) => name);
    const shown = names.slice(0, 3).join(', ');
    const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
    return names.length === 0 ? [] : [`${verb} ${shown}${more}`];
  }).join('; ');
  return said === '' ? 'Announce attributes' : said;
}
