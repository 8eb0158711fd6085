import { readableRelation as readable } from '../base/relation.ts';
import { addUsd, formatUsd, noMoney } from '../base/usd.ts';
import type { Action } from '../plan/action.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';

/** Something people should know: what, why, the money, what they can do. Never holds a literal; commands stand in backticks. */
export interface Notice {
  readonly title: string;
  readonly because: string;
  /** Absent where it is no question of money. */
  readonly money?: string;
  /** How to take back what Goldsmith did; absent where it did nothing. */
  readonly undo?: string;
  /** What else a person can do about it. */
  readonly next?: string;
  /** Empty where no plan stands behind it. */
  readonly planDigest: string;
}

/** The notice of a carried-out step, or nothing for steps nobody decides about (a refresh, a renewed expiry, a drop after its grace). */
export function noticeOf(step: PlanStep, planDigest: string): Notice | undefined {
  const title = titleOf(step.action);
  if (title === undefined) {
    return undefined;
  }
  return {
    title,
    because: step.because,
    money:
      step.predicted === undefined
        ? 'no saving is claimed for this step'
        : `predicted ${formatUsd(step.predicted.netPerDay)} a day net, for ${formatUsd(step.predicted.cost)} once`,
    undo: undoOf(step.action),
    planDigest,
  };
}

/** A mart Goldsmith stopped touching because somebody else changed it. */
export function quarantineNotice(mart: string, because: string): Notice {
  const name = readable(mart);
  return {
    title: `Stopped touching ${name}`,
    because,
    money: 'nothing more is claimed for it',
    next: `\`goldsmith explain ${name}\` tells what is known; its first definition stays in the ledger`,
    planDigest: '',
  };
}

/** Somebody edited what a table was taken over with; nothing of it changed. */
export function editedDefinitionNotice(mart: string, because: string): Notice {
  const name = readable(mart);
  return {
    title: `The definition handed over for ${name} was edited`,
    because,
    next: `put the former text back; \`goldsmith explain ${name}\` shows it`,
    planDigest: '',
  };
}

/** A build that was begun and did not hold: nothing a reader sees changed. Nothing for steps nobody decides about. */
export function failureNotice(
  { action }: Pick<PlanStep, 'action'>,
  { detail, planDigest }: { readonly detail: string; readonly planDigest: string },
): Notice | undefined {
  const isFirstBuild =
    action.kind === 'fill-version' ||
    (action.kind === 'build-version' && action.reason === 'promote');
  if (!isFirstBuild && action.kind !== 'adopt-view' && action.kind !== 'adopt-table') {
    return undefined;
  }
  const name = readable(action.mart);
  return {
    title: isFirstBuild ? `Built ${name} and did not keep it` : `Did not take over ${name}`,
    because: detail,
    money: 'nothing is claimed for it; what it took is on its debit side',
    next: `nothing changed for readers; \`goldsmith explain ${name}\` says when it may be tried again`,
    planDigest,
  };
}

/** A plan that waits for a person: what it would do, and the word that does it. */
export function proposalNotice({ steps, digest }: Pick<Plan, 'steps' | 'digest'>): Notice {
  const titles = steps.flatMap(({ action }) => intendedOf(action) ?? []);
  const shown = titles.slice(0, 5).join('; ');
  const more = titles.length > 5 ? ` and ${titles.length - 5} more` : '';
  const net = addUsd(...steps.map(({ predicted }) => predicted?.netPerDay ?? noMoney));
  const cost = addUsd(...steps.map(({ predicted }) => predicted?.cost ?? noMoney));
  return {
    title: 'A plan waits for a person',
    because: `it would ${shown === '' ? `take ${steps.length} steps nobody needs to decide about` : shown}${more}`,
    money: `predicted ${formatUsd(net)} a day net, for ${formatUsd(cost)} once`,
    next: '`goldsmith plan` shows it with its numbers, `goldsmith proposals` what each part of it asks; `goldsmith approve <id>` does one, `goldsmith apply` all; do nothing and nothing happens',
    planDigest: digest,
  };
}

function intendedOf(action: Action): string | undefined {
  const name = readable(action.mart);
  switch (action.kind) {
    case 'create-mart':
      return `publish ${name} as a view`;
    case 'adopt-view':
    case 'adopt-table':
      return `take over ${name}`;
    case 'build-version':
      return action.reason === 'promote' ? `build ${name}` : undefined;
    case 'refresh-version':
      return undefined;
    case 'fill-version':
      return `build ${name} in steps`;
    case 'mark-attributes':
      return `change where ${action.changes.length} attributes of ${name} stand`;
    case 'repoint-view':
      return action.to.kind === 'logical' ? `demote ${name} to a view` : undefined;
    case 'hold-version':
      return `keep ${name} at its last good version`;
    case 'follow-source':
      return `rewrite ${name} after its sources`;
    case 'release-mart':
      return `give ${name} up`;
    case 'drop-version':
      return undefined;
  }
}

function titleOf(action: Action): string | undefined {
  const name = readable(action.mart);
  switch (action.kind) {
    case 'create-mart':
      return `Published ${name} as a view`;
    case 'adopt-view':
      return `Took over ${name}; it stays a view until a table pays`;
    case 'adopt-table':
      return `Took over the table ${name}; it is refreshed when its sources change`;
    case 'build-version':
      return action.reason === 'promote' ? `Built and proved ${name}` : undefined;
    case 'mark-attributes':
      return titleOfChanges(action);
    case 'repoint-view':
      return action.to.kind === 'logical' ? `Demoted ${name} to a view` : undefined;
    case 'follow-source':
      return action.without === undefined
        ? `Rewrote ${name} after its sources; its columns are as they were`
        : `Took ${action.without.join(', ')} out of ${name}: what it was made of is gone`;
    case 'release-mart':
      return `Gave ${name} up${action.asItStands === true ? ' as it stands: its readers keep the rows they have' : ''}`;
    // The incident that begins with it is told.
    case 'hold-version':
    case 'fill-version':
    case 'refresh-version':
    case 'drop-version':
      return undefined;
  }
}

/** `Hid 12 attributes of gold.wide: a, b, c and 9 more`. */
function titleOfChanges({ mart, changes }: Extract<Action, { kind: 'mark-attributes' }>): string {
  const said = [...Map.groupBy(changes, ({ to }) => to)].map(([to, all]) => {
    const names = all.slice(0, 3).map(({ name }) => name);
    const more = all.length > names.length ? ` and ${all.length - names.length} more` : '';
    return `${CHANGED[to]} ${names.join(', ')}${more}`;
  });
  return `${said.join('; ')} in ${readable(mart)}`;
}

const CHANGED = {
  kept: 'Brought back',
  announced: 'Announced to be hidden:',
  hidden: 'Hid',
  tombstoned: 'Tombstoned',
} as const;

function undoOf(action: Action): string {
  const name = readable(action.mart);
  switch (action.kind) {
    case 'create-mart':
    case 'adopt-view':
    case 'build-version':
    case 'fill-version':
    case 'refresh-version':
      return `\`goldsmith rollback ${name}\``;
    case 'adopt-table':
      return `take ${name} off marts.adoptable, and it becomes a table of its owner again`;
    case 'mark-attributes':
      return `read an attribute, or \`goldsmith restore ${name} <attribute>\`: it is stored again with the next build`;
    case 'repoint-view':
      return 'it is built again when usage pays for it';
    case 'hold-version':
      return '`goldsmith drift` tells what changed; once its definition can be computed again it is refreshed';
    case 'follow-source':
      return 'its former definition stays in the ledger; `goldsmith drift --json` shows both';
    case 'release-mart':
    case 'drop-version':
      return 'its definition stays in the ledger';
  }
}
