import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr, BoundQuery, BoundSelect } from '../bound.ts';
import type { ColumnRole, ColumnUse } from '../query-shape.ts';
import { OWN_OUTPUTS } from './bind-whole.ts';
import { type Leaf, leavesOf, type Occurrences, occurrencesOf, onExprs } from './occurrences.ts';
import { partsOf, queryIn } from './walk-expr.ts';

/** How a column is wanted: for what, and whether by name or only by a star. */
interface Demand {
  readonly roles: Set<ColumnRole>;
  by: 'name' | 'star';
}

interface Wanted {
  readonly role: ColumnRole | readonly ColumnRole[];
  readonly by: 'name' | 'star';
}

const ROLES: readonly ColumnRole[] = [
  'output',
  'filter',
  'join',
  'group',
  'order',
  'window',
  'other',
];

/**
 * The base columns a statement uses, and what for. A column that a derived table, CTE or view only passes on
 * is used as the outer query uses it; one that a star or a view offers and nobody asks for is not used.
 */
export function columnUses(
  query: BoundQuery,
  occurrences: Occurrences = occurrencesOf(query),
): readonly ColumnUse[] {
  const uses = new Map<string, { relation: RelationId; column: string; demand: Demand }>();
  const wanted = new Map<number, Map<string, Demand>>();
  const visitor = visitorOver({ occurrences, uses, wanted });
  const outputs = query.outputs.map((_, at): Demand => {
    const { body } = query;
    const fromStar = body.kind === 'select' && body.items[at]?.fromStar === true;
    return { roles: new Set(['output']), by: fromStar ? 'star' : 'name' };
  });
  visitor(query, { outputs, inView: false });
  return [...uses]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { relation, column, demand }]) => ({
      relation,
      column,
      roles: ROLES.filter((role) => demand.roles.has(role)),
      by: demand.by,
    }));
}

interface Visit {
  /** By output position; `undefined`: nobody asks for it. */
  readonly outputs: readonly (Demand | undefined)[];
  readonly inView: boolean;
}

interface Parts {
  readonly occurrences: Occurrences;
  readonly uses: Map<string, { relation: RelationId; column: string; demand: Demand }>;
  readonly wanted: Map<number, Map<string, Demand>>;
}

function visitorOver({ occurrences, uses, wanted }: Parts) {
  const visited = new Map<BoundQuery, readonly (Demand | undefined)[]>();

  function visitQuery(query: BoundQuery, visit: Visit): void {
    const outputs = [...visit.outputs];
    for (const { expr } of query.orderBy) {
      visitExpr(expr, { role: 'order', by: 'name' });
      for (const at of ownOutputs(expr, query)) {
        outputs[at] = add(outputs[at], { role: 'order', by: 'name' });
      }
    }
    const { body } = query;
    if (body.kind === 'set') {
      const isDistinct = !body.all;
      const inner = isDistinct
        ? outputs.map((demand) => demand ?? add(undefined, { role: 'other', by: 'star' }))
        : outputs;
      visitQuery(body.left, { ...visit, outputs: inner });
      visitQuery(body.right, { ...visit, outputs: inner });
    }
    if (body.kind === 'values') {
      body.rows.flat().forEach((expr) => visitExpr(expr, { role: 'other', by: 'name' }));
    }
    if (body.kind === 'select') {
      visitSelect(body, { ...visit, outputs });
    }
    [query.limit, query.offset].forEach(
      (expr) => expr && visitExpr(expr, { role: 'other', by: 'name' }),
    );
  }

  function visitSelect(select: BoundSelect, { outputs, inView }: Visit): void {
    select.items.forEach(({ expr, fromStar }, at) => {
      const demand = outputs[at];
      const by = fromStar || inView ? (demand?.by ?? 'star') : 'name';
      if (demand !== undefined) {
        visitExpr(expr, { role: [...demand.roles], by });
      } else if (select.distinct !== undefined || (!fromStar && !inView)) {
        visitExpr(expr, { role: 'other', by });
      }
    });
    const clauses: readonly (readonly [ColumnRole, readonly (BoundExpr | undefined)[]])[] = [
      ['filter', [select.where, select.having, select.qualify]],
      ['group', select.groupBy?.exprs ?? []],
      ['other', Array.isArray(select.distinct) ? select.distinct : []],
      ['join', onExprs(select.from)],
    ];
    for (const [role, exprs] of clauses) {
      exprs.forEach((expr) => expr && visitExpr(expr, { role, by: 'name' }));
    }
    for (const leaf of leavesOf(select.from).toReversed()) {
      visitLeaf(leaf, inView);
    }
  }

  function visitLeaf(leaf: Leaf, inView: boolean): void {
    const asked = wanted.get(leaf.occ) ?? new Map<string, Demand>();
    const roles = new Set<ColumnRole>([...asked.values()].flatMap((demand) => [...demand.roles]));
    roles.add('other');
    switch (leaf.kind) {
      case 'derived': {
        if (leaf.origin === 'view') {
          asked.forEach((demand, column) => record(leaf.name as RelationId, { column, demand }));
        }
        const outputs = leaf.columns.map((column) => asked.get(column));
        visitShared(leaf.query, { outputs, inView: inView || leaf.origin === 'view' });
        return;
      }
      case 'function':
        leaf.args.forEach((expr) => visitExpr(expr, { role: [...roles], by: 'name' }));
        return;
      case 'opaque-from':
        leaf.inside.forEach((expr) => visitExpr(expr, { role: [...roles], by: 'name' }));
        leaf.sources
          .flatMap(leavesOf)
          .toReversed()
          .forEach((source) => visitLeaf(source, inView));
        return;
      case 'table':
      case 'recursive':
        return;
    }
  }

  /** A definition read at several places as one object is gone through again only for what is newly asked of it. */
  function visitShared(query: BoundQuery, { outputs, inView }: Visit): void {
    const before = visited.get(query);
    const merged = outputs.map((demand, at) => {
      const known = before?.[at];
      return demand === undefined ? known : add(known, { role: [...demand.roles], by: demand.by });
    });
    if (before !== undefined && textOf(before) === textOf(merged)) {
      return;
    }
    visited.set(query, merged);
    visitQuery(query, { outputs: merged, inView });
  }

  function visitExpr(expr: BoundExpr, asked: Wanted): void {
    const open: { readonly node: BoundExpr; readonly as: Wanted }[] = [{ node: expr, as: asked }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { node, as } = next;
      if (node.kind === 'ref') {
        want(node.occ, { column: node.column, as });
      }
      const inner = queryIn(node);
      if (inner !== undefined) {
        const demand = node.kind === 'exists' ? undefined : add(undefined, as);
        visitQuery(inner, { outputs: inner.outputs.map(() => demand), inView: as.by === 'star' });
      }
      const inWindow = new Set<BoundExpr>(windowParts(node));
      for (const part of partsOf(node)) {
        open.push({ node: part, as: inWindow.has(part) ? { ...as, role: 'window' } : as });
      }
    }
  }

  function want(
    occ: number,
    { column, as }: { readonly column: string; readonly as: Wanted },
  ): void {
    if (occ === OWN_OUTPUTS || column === '*') {
      return;
    }
    const leaf = occurrences.leafOf(occ);
    if (leaf?.kind === 'table') {
      record(leaf.relation, { column, demand: add(undefined, as) });
      return;
    }
    const columns = wanted.get(occ) ?? new Map<string, Demand>();
    columns.set(column, add(columns.get(column), as));
    wanted.set(occ, columns);
  }

  function record(
    relation: RelationId,
    { column, demand }: { readonly column: string; readonly demand: Demand },
  ): void {
    const key = `${relation} ${column}`;
    const before = uses.get(key);
    const merged = add(before?.demand, { role: [...demand.roles], by: demand.by });
    uses.set(key, { relation, column, demand: merged });
  }

  return visitQuery;
}

function add(before: Demand | undefined, { role, by }: Wanted): Demand {
  const added = typeof role === 'string' ? [role] : role;
  return {
    roles: new Set([...(before?.roles ?? []), ...added]),
    by: before?.by === 'name' || by === 'name' ? 'name' : 'star',
  };
}

function textOf(demands: readonly (Demand | undefined)[]): string {
  return demands
    .map((demand) =>
      demand === undefined ? '' : `${demand.by} ${[...demand.roles].toSorted().join(' ')}`,
    )
    .join();
}

function windowParts(node: BoundExpr): readonly BoundExpr[] {
  return node.kind === 'call' && node.over !== undefined
    ? [...node.over.partitionBy, ...node.over.orderBy.map(({ expr }) => expr)]
    : [];
}

function ownOutputs(expr: BoundExpr, query: BoundQuery): readonly number[] {
  if (expr.kind === 'ref') {
    return expr.occ === OWN_OUTPUTS ? [query.outputs.indexOf(expr.column)] : [];
  }
  return partsOf(expr).flatMap((part) => ownOutputs(part, query));
}
