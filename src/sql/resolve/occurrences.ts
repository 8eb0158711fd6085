import type { BoundExpr, BoundFrom, BoundQuery, BoundSelect } from '../bound.ts';
import { nodesOf, queryIn } from './walk-expr.ts';

/** A source of a bound statement; joins are taken apart. */
export type Leaf = Exclude<BoundFrom, { readonly kind: 'join' }>;

export interface Occurrences {
  /** In the order they were met. */
  readonly leaves: readonly Leaf[];
  readonly leafOf: (occ: number) => Leaf | undefined;
  /** What a recursive occurrence refers back to. */
  readonly definitionOf: (occ: number) => BoundQuery | undefined;
}

/** Every source of a statement by its occurrence number, those of queries inside expressions too. */
export function occurrencesOf(query: BoundQuery): Occurrences {
  const leaves = new Map<number, Leaf>();
  const definitions = new Map<number, BoundQuery>();

  const seen = new Set<BoundQuery>();

  function visit(inner: BoundQuery, named: ReadonlyMap<string, BoundQuery>): void {
    if (seen.has(inner)) {
      return;
    }
    seen.add(inner);
    for (const expr of tailExprs(inner)) {
      visitExpr(expr, named);
    }
    const { body } = inner;
    if (body.kind === 'set') {
      visit(body.left, named);
      visit(body.right, named);
    }
    if (body.kind === 'values') {
      body.rows.flat().forEach((expr) => visitExpr(expr, named));
    }
    if (body.kind === 'select') {
      selectExprs(body).forEach((expr) => visitExpr(expr, named));
      for (const leaf of leavesOf(body.from)) {
        visitLeaf(leaf, named);
      }
    }
  }

  function visitLeaf(leaf: Leaf, named: ReadonlyMap<string, BoundQuery>): void {
    leaves.set(leaf.occ, leaf);
    if (leaf.kind === 'derived') {
      const isCte = leaf.origin === 'cte' && leaf.name !== undefined;
      visit(leaf.query, isCte ? new Map([...named, [leaf.name ?? '', leaf.query]]) : named);
    }
    if (leaf.kind === 'recursive') {
      const definition = named.get(leaf.name);
      if (definition !== undefined) {
        definitions.set(leaf.occ, definition);
      }
    }
    if (leaf.kind === 'function') {
      leaf.args.forEach((expr) => visitExpr(expr, named));
    }
    if (leaf.kind === 'opaque-from') {
      leaf.inside.forEach((expr) => visitExpr(expr, named));
      leaf.sources.flatMap(leavesOf).forEach((source) => visitLeaf(source, named));
    }
  }

  function visitExpr(expr: BoundExpr, named: ReadonlyMap<string, BoundQuery>): void {
    for (const node of nodesOf(expr)) {
      const inner = queryIn(node);
      if (inner !== undefined) {
        visit(inner, named);
      }
    }
  }

  visit(query, new Map());
  return {
    leaves: [...leaves.values()],
    leafOf: (occ) => leaves.get(occ),
    definitionOf: (occ) => definitions.get(occ),
  };
}

/** The sources of a FROM tree in reading order. */
export function leavesOf(from: BoundFrom | undefined): readonly Leaf[] {
  if (from === undefined) {
    return [];
  }
  return from.kind === 'join' ? [...leavesOf(from.left), ...leavesOf(from.right)] : [from];
}

/** The ON conditions of a FROM tree. */
export function onExprs(from: BoundFrom | undefined): readonly BoundExpr[] {
  if (from === undefined || from.kind !== 'join') {
    return [];
  }
  return [
    ...onExprs(from.left),
    ...onExprs(from.right),
    ...(from.on === undefined ? [] : [from.on]),
  ];
}

/** Every expression of a select itself: items, clauses and ON conditions; not those of its sources. */
export function selectExprs(select: BoundSelect): readonly BoundExpr[] {
  const { where, having, qualify, distinct } = select;
  return [
    ...select.items.map(({ expr }) => expr),
    ...onExprs(select.from),
    ...(select.groupBy?.exprs ?? []),
    ...(distinct === undefined || distinct === 'all' ? [] : distinct),
    ...[where, having, qualify].filter((expr) => expr !== undefined),
  ];
}

/** ORDER BY, LIMIT and OFFSET. */
export function tailExprs(query: BoundQuery): readonly BoundExpr[] {
  return [
    ...query.orderBy.map(({ expr }) => expr),
    ...[query.limit, query.offset].filter((expr) => expr !== undefined),
  ];
}
