import type { RelationId } from '../../base/relation.ts';
import type { Wording } from '../../connectors/wording.ts';
import type { MartDefinition } from '../../marts/mart.ts';
import { createLogicalView, createVersion } from '../../materializer/statements.ts';
import type { Action } from '../../plan/action.ts';
import type { PlanStep } from '../../plan/plan.ts';

export interface SqlParts {
  readonly wording: Wording;
  readonly definitionOf: (mart: RelationId) => MartDefinition | undefined;
}

/** The statements some steps come to, in order; what is only compared or noted in the ledger is not among them. */
export function sqlOf(
  steps: readonly PlanStep[],
  { wording, definitionOf }: SqlParts,
): readonly string[] {
  const published = new Map(
    steps.flatMap(({ action }) =>
      'definition' in action ? [[action.mart, action.definition] as const] : [],
    ),
  );
  return steps.flatMap(({ action }) =>
    statementsOf(action, {
      wording,
      definition: published.get(action.mart) ?? definitionOf(action.mart),
    }),
  );
}

function statementsOf(
  action: Action,
  {
    wording,
    definition,
  }: { readonly wording: Wording; readonly definition: MartDefinition | undefined },
): readonly string[] {
  const { names } = wording;
  if (action.kind === 'drop-version') {
    return [`drop table ${names.relation(action.table)}`];
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

/** Verbs after which the view answers from a definition that is sent. */
const REWRITES: ReadonlySet<Action['kind']> = new Set([
  'create-mart',
  'repoint-view',
  'follow-source',
]);
