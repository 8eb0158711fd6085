import type { RelationId } from '../../base/relation.ts';
import type { Wording } from '../../connectors/wording.ts';
import type { Mart, MartDefinition } from '../../marts/mart.ts';
import { createLogicalView, createVersion, dropObject } from '../../materializer/statements.ts';
import { type Objects, objectsOf } from '../../materializer/version-objects.ts';
import type { Action } from '../../plan/action.ts';
import type { PlanStep } from '../../plan/plan.ts';

export interface SqlParts {
  readonly wording: Wording;
  /** As it stands. */
  readonly martOf: (mart: RelationId) => Mart | undefined;
}

/** The statements some steps come to, in order; what is only compared or noted in the ledger is not among them. */
export function sqlOf(
  steps: readonly PlanStep[],
  { wording, martOf }: SqlParts,
): readonly string[] {
  const published = new Map(
    steps.flatMap(({ action }) =>
      'definition' in action ? [[action.mart, action.definition] as const] : [],
    ),
  );
  return steps.flatMap(({ action }) =>
    statementsOf(action, {
      wording,
      definition: published.get(action.mart) ?? martOf(action.mart)?.definition,
      mart: martOf(action.mart),
    }),
  );
}

function statementsOf(
  action: Action,
  {
    wording,
    definition,
    mart,
  }: {
    readonly wording: Wording;
    readonly definition: MartDefinition | undefined;
    readonly mart: Mart | undefined;
  },
): readonly string[] {
  const { names } = wording;
  if (action.kind === 'drop-version') {
    return objectsOf(versionOf(action.table, mart)).map(({ kind, relation }) =>
      dropObject(kind, relation, wording),
    );
  }
  if (action.kind === 'refresh-version') {
    const [only, ...others] = wording.native ?? [];
    const refreshing = others.length > 0 ? undefined : only?.refresh?.(action.table);
    return refreshing === undefined ? [] : [refreshing];
  }
  if (definition === undefined) {
    return [];
  }
  if (action.kind === 'build-version' || action.kind === 'fill-version') {
    const slim = action.kind === 'build-version' ? action.slim : undefined;
    const native = action.kind === 'build-version' ? action.native : undefined;
    return createVersion(action.table, { definition, slim, native, wording });
  }
  if (action.kind === 'repoint-view' && action.to.kind === 'version') {
    const columns = definition.columns.map(({ name }) => names.quote(name)).join(', ');
    return [
      `create or replace view ${names.relation(action.mart)} as\nselect ${columns}\nfrom ${names.relation(action.to.table)}`,
    ];
  }
  return REWRITES.has(action.kind) ? [createLogicalView(definition, wording)] : [];
}

/** What a version is made of; one that was never finished is its table. */
function versionOf(table: RelationId, mart: Mart | undefined): Objects {
  const versions = [mart?.current, ...(mart?.hidden ?? []).map(({ version }) => version)];
  return versions.find((version) => version?.table === table) ?? { table };
}

/** Verbs after which the view answers from a definition that is sent. */
const REWRITES: ReadonlySet<Action['kind']> = new Set([
  'create-mart',
  'repoint-view',
  'follow-source',
]);
