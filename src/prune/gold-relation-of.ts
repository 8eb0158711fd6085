import type { RelationId } from '../base/relation.ts';
import type { DbtNeed } from '../lineage/dbt/dbt-needs.ts';
import { bindView, type ViewCatalog } from '../lineage/views-of.ts';
import type { Facts } from '../marts/facts.ts';
import type { BoundExpr } from '../sql/bound.ts';
import { onOf } from '../sql/match/certain.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { refsIn } from '../sql/normalize/walk.ts';
import { columnUses } from '../sql/resolve/column-uses.ts';
import type { Template } from '../usage/template.ts';
import type { Dependent, GoldRelation } from './attribute.ts';
import type { RelationUse } from './attributes-of.ts';

/** What is remembered of the use of one gold relation: a plain value, so that a recorded cycle holds it. */
export interface GoldUse extends RelationUse {
  readonly relation: RelationId;
  /** First day of which the use of columns is known. */
  readonly watchedSince: number;
  readonly knownSince: number;
}

export interface GoldParts {
  readonly use: GoldUse;
  /** Its logical definition. */
  readonly definition: NormalQuery;
  readonly facts: Facts;
  readonly templates: readonly Template[];
  readonly views: ViewCatalog;
  /** Of the whole dbt project, where there is one. */
  readonly dbt?: readonly DbtNeed[] | undefined;
}

/** A gold relation with everything the vetoes ask about it. */
export function goldRelationOf({
  use,
  definition,
  facts,
  templates,
  views,
  dbt,
}: GoldParts): GoldRelation {
  return {
    relation: use.relation,
    attributes: use.attributes,
    watchedSince: use.watchedSince,
    knownSince: use.knownSince,
    readDays: use.readDays,
    keys: keysOf(definition, { facts, views }),
    joinedBy: new Set([...joinedBy(use.relation, templates), ...joinColumnsOf(definition)]),
    dependents: dependents(use.relation, views),
    ...(dbt === undefined ? {} : { dbt: dbt.filter(({ relation }) => relation === use.relation) }),
  };
}

/** Attributes that are, unchanged, a column of a key of one of its sources. */
function keysOf(
  { body, outputs }: NormalQuery,
  { facts, views }: { readonly facts: Facts; readonly views: ViewCatalog },
): ReadonlySet<string> {
  if (body.kind !== 'block') {
    return new Set();
  }
  const { block } = body;
  const relationOf = relationsIn(block.from);
  const isKey = (relation: RelationId, column: string) =>
    [
      ...facts.uniqueKeys.filter((each) => each.relation === relation),
      ...(views.schema.relationOf(relation)?.keys ?? []),
    ].some(({ columns }) => columns.includes(column));
  return new Set(
    block.items.flatMap(({ expr, name }, at) => {
      const relation = expr.kind === 'ref' ? relationOf.get(expr.occ) : undefined;
      const isPart = expr.kind === 'ref' && relation !== undefined && isKey(relation, expr.column);
      return isPart ? [outputs[at] ?? name] : [];
    }),
  );
}

function relationsIn(tree: unknown): ReadonlyMap<number, RelationId> {
  const found = new Map<number, RelationId>();
  JSON.stringify(tree, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'relation' in value && 'occ' in value) {
      found.set(Number(value.occ), String(value.relation) as RelationId);
    }
    return value;
  });
  return found;
}

/** Attributes that are, unchanged, a column its own definition joins by. */
function joinColumnsOf({ body, outputs }: NormalQuery): readonly string[] {
  if (body.kind !== 'block') {
    return [];
  }
  const { block } = body;
  const joined = new Set(
    [...block.where.filter(isJoin), ...onOf(block.from)]
      .flatMap(refsIn)
      .map(({ occ, column }) => `${occ}.${column}`),
  );
  return block.items.flatMap(({ expr, name }, at) =>
    expr.kind === 'ref' && joined.has(`${expr.occ}.${expr.column}`) ? [outputs[at] ?? name] : [],
  );
}

/** Conditions of flattened inner joins stand in WHERE; they read two sources. */
function isJoin(condition: BoundExpr): boolean {
  return new Set(refsIn(condition).map(({ occ }) => occ)).size > 1;
}

function joinedBy(relation: RelationId, templates: readonly Template[]): ReadonlySet<string> {
  return new Set(
    templates.flatMap(({ shape }) =>
      shape.columns
        .filter((use) => use.relation === relation && use.roles.includes('join'))
        .map(({ column }) => column),
    ),
  );
}

/** Views made of it, with the attributes each takes; one whose definition cannot be read may take any. */
function dependents(relation: RelationId, views: ViewCatalog): readonly Dependent[] {
  return views.schema.snapshot.relations.flatMap((each): readonly Dependent[] => {
    if (each.id === relation || each.kind !== 'view') {
      return [];
    }
    const bound = bindView(each, views);
    if (bound === undefined) {
      return [];
    }
    if (!bound.relations.has(relation)) {
      return [];
    }
    const isClear = bound.notUnderstood.length === 0;
    const taken = columnUses(bound.query).filter((use) => use.relation === relation);
    return [
      {
        relation: each.id,
        attributes: isClear ? new Set(taken.map(({ column }) => column)) : 'all',
      },
    ];
  });
}
