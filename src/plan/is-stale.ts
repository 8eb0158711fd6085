import { dayOf, type EpochMs } from '../base/clock.ts';
import type { Mart } from '../marts/mart.ts';
import type { Action } from './action.ts';
import type { Plan, PlanStep } from './plan.ts';

/**
 * Why a plan no longer fits the world it was made for, in one clause; absent where it still does. The executor asks
 * before it begins.
 */
export function whyStale(
  plan: Plan,
  { now, marts }: { readonly now: EpochMs; readonly marts: readonly Mart[] },
): string | undefined {
  if (now >= plan.expiresAt) {
    const expired = new Date(plan.expiresAt).toISOString();
    return `it expired at ${expired} and was made on ${dayOf(plan.madeAt)}; make a new one`;
  }
  const known = new Map(marts.map((mart) => [mart.definition.relation as string, mart]));
  const created = new Set<string>();
  const built = new Set<string>();
  for (const step of plan.steps) {
    const reason = misfit(step, { known, created, built });
    if (reason !== undefined) {
      return reason;
    }
  }
  return undefined;
}

const PUBLISHING: ReadonlySet<Action['kind']> = new Set([
  'create-mart',
  'adopt-view',
  'adopt-table',
]);

interface Expected {
  readonly known: ReadonlyMap<string, Mart>;
  readonly created: Set<string>;
  readonly built: Set<string>;
}

function misfit({ action }: PlanStep, { known, created, built }: Expected): string | undefined {
  const { mart } = action;
  const found = known.get(mart);
  if (PUBLISHING.has(action.kind)) {
    created.add(mart);
    return found === undefined ? undefined : `${mart} is published already`;
  }
  if (found === undefined && !created.has(mart)) {
    return `${mart} is no longer in the ledger`;
  }
  if (found?.stage === 'quarantined') {
    return `${mart} was quarantined since`;
  }
  const versions = [
    ...(found?.current === undefined ? [] : [found.current.version]),
    ...(found?.hidden.map(({ version }) => version.version) ?? []),
  ];
  switch (action.kind) {
    case 'build-version':
      built.add(`${mart}/${action.version}`);
      return versions.includes(action.version)
        ? `version ${action.version} of ${mart} was built since`
        : undefined;
    case 'repoint-view': {
      const { to } = action;
      return to.kind === 'logical' ||
        versions.includes(to.version) ||
        built.has(`${mart}/${to.version}`)
        ? undefined
        : `version ${to.version} of ${mart} is gone`;
    }
    case 'refresh-version':
    case 'hold-version':
      return found?.current?.version === action.version
        ? undefined
        : `version ${action.version} of ${mart} is no longer read`;
    case 'follow-source':
      return found?.definitionDigest === action.from
        ? undefined
        : `${mart} has another definition since`;
    case 'create-mart':
    case 'adopt-view':
    case 'adopt-table':
    case 'mark-attributes':
      return undefined;
    case 'fill-version':
      return versions.includes(action.version)
        ? `version ${action.version} of ${mart} was built since`
        : undefined;
    case 'drop-version':
      return found?.current?.version === action.version && found.stage === 'physical'
        ? `version ${action.version} of ${mart} is read again`
        : undefined;
    case 'release-mart':
      return found?.stage === 'physical' && action.asItStands !== true
        ? `${mart} is physical again`
        : undefined;
  }
}
