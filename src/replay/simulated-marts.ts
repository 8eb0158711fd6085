import type { EpochMs } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import { noFacts } from '../marts/facts.ts';
import type { Mart, MartVersion, PrunedAttribute, SourceState } from '../marts/mart.ts';
import type { Action } from '../plan/action.ts';
import type { Plan } from '../plan/plan.ts';

export interface SimulateParts {
  readonly now: EpochMs;
  /** Sources as this morning's cycle took them. */
  readonly stateOf: (relation: RelationId) => SourceState;
  /** What a version would hold, as estimated. */
  readonly sizeOf: (mart: RelationId) => { readonly rows: number; readonly bytes: number };
}

/** The marts after a plan, had every step of it worked: nothing is built, what stands is only remembered. */
export function martsAfter(
  marts: readonly Mart[],
  plan: Plan,
  parts: SimulateParts,
): readonly Mart[] {
  const standing = new Map(marts.map((mart) => [mart.definition.relation, mart]));
  const built = new Map<RelationId, MartVersion>();
  for (const { action } of plan.steps) {
    if (action.kind === 'build-version') {
      built.set(action.table, versionOf(action, { mart: standing.get(action.mart), parts }));
      continue;
    }
    const after = doStep(action, { mart: standing.get(action.mart), built, parts });
    if (after === undefined) {
      standing.delete(action.mart);
    } else {
      standing.set(action.mart, after);
    }
  }
  return [...standing.values()];
}

interface StepParts {
  readonly mart: Mart | undefined;
  readonly built: ReadonlyMap<RelationId, MartVersion>;
  readonly parts: SimulateParts;
}

type Step = Exclude<Action, { readonly kind: 'build-version' }>;

function doStep(action: Step, { mart, built, parts }: StepParts): Mart | undefined {
  const { now } = parts;
  if ('definition' in action && action.kind !== 'follow-source') {
    const { definition } = action;
    return {
      definition,
      definitionDigest: digestOf(definition),
      stage: 'logical',
      createdAt: now,
      hidden: [],
      ...('originalSql' in action ? { originalSql: action.originalSql } : {}),
    };
  }
  if (mart === undefined || action.kind === 'release-mart') {
    return undefined;
  }
  switch (action.kind) {
    case 'drop-version':
      return {
        ...mart,
        hidden: mart.hidden.filter(({ version }) => version.version !== action.version),
      };
    case 'fill-version':
    case 'refresh-version':
      return mart;
    case 'hold-version':
      return { ...mart, held: { since: now, because: action.because } };
    case 'follow-source': {
      const { definition } = action;
      return { ...mart, definition, definitionDigest: digestOf(definition) };
    }
    case 'mark-attributes':
      return { ...mart, pruned: prunedAfter(mart.pruned ?? [], { action, now }) };
    case 'repoint-view': {
      const { to } = action;
      const before = mart.current;
      if (to.kind === 'logical') {
        return { ...withHidden(mart, now), stage: 'logical' };
      }
      if (before?.table === to.table) {
        return { ...mart, current: { ...before, verifiedFreshAt: now } };
      }
      const version = built.get(to.table);
      return version === undefined
        ? mart
        : { ...withHidden(mart, now), stage: 'physical', current: version };
    }
  }
}

/** The version readers leave stays hidden until its grace ends. */
function withHidden({ current, ...mart }: Mart, hiddenAt: EpochMs): Mart {
  return current === undefined
    ? mart
    : { ...mart, hidden: [...mart.hidden, { version: current, hiddenAt }] };
}

function versionOf(
  action: Extract<Action, { readonly kind: 'build-version' }>,
  { mart, parts }: { readonly mart: Mart | undefined; readonly parts: SimulateParts },
): MartVersion {
  const { now, sizeOf, stateOf } = parts;
  return {
    version: action.version,
    table: action.table,
    builtAt: now,
    sourceStates: (mart?.definition.sources ?? []).map(stateOf),
    verifiedFreshAt: now,
    ...sizeOf(action.mart),
    facts: noFacts,
    ...(action.slim === undefined ? {} : { slim: action.slim }),
  };
}

function prunedAfter(
  before: readonly PrunedAttribute[],
  {
    action,
    now,
  }: {
    readonly action: Extract<Action, { readonly kind: 'mark-attributes' }>;
    readonly now: EpochMs;
  },
): readonly PrunedAttribute[] {
  const moved = new Map(action.changes.map((change) => [change.name, change]));
  return [
    ...before.filter(({ name }) => !moved.has(name)),
    ...action.changes.flatMap(({ name, to, because }): PrunedAttribute[] =>
      to === 'kept' ? [] : [{ name, stage: to, since: now, because }],
    ),
  ];
}
