import { additivityOf } from './additivity.ts';
import type { BlockFacts, MeasureFact, OuterJoinFact } from './block-facts.ts';
import { type BlockLabels, labelsOf } from './block-labels.ts';
import type { BoundExpr, BoundQuery, BoundSelect } from './bound.ts';
import { conditionFacts } from './condition-facts.ts';
import type { Block, JoinTree, NormalQuery } from './normal-query.ts';
import { conjunctsOf } from './normalize/conjuncts.ts';
import { exprKey } from './normalize/expr-key.ts';
import { isAggregate } from './normalize/functions.ts';
import { normalize } from './normalize/normalize.ts';
import { leavesOf, onExprs, selectExprs, tailExprs } from './resolve/occurrences.ts';
import { nodesOf, queryIn } from './resolve/walk-expr.ts';

/** Blocks of one statement that are told; one with more is cut off. */
const MOST_BLOCKS = 200;

/** Queries nested deeper than this are told nothing of: every level is told with all that stands inside it. */
const DEEPEST = 32;

/**
 * Every block of a statement in canonical form: the outermost first, then those of its sources, of set operations and
 * of queries inside expressions. A plain derived table, CTE or view is part of the block that reads it.
 */
export function canonicalBlocks(query: BoundQuery): readonly BlockFacts[] {
  const labels = labelsOf(query);
  const found = new Map<string, BlockFacts>();

  function note(facts: BlockFacts): void {
    if (found.size < MOST_BLOCKS) {
      found.set(JSON.stringify(facts), facts);
    }
  }

  function visitBound(inner: BoundQuery, at: string): void {
    if (found.size < MOST_BLOCKS) {
      visit(normalize(inner), at);
    }
  }

  function visit({ body, ...rest }: NormalQuery, at: string): void {
    if (body.kind === 'set') {
      visit(body.left, `${at}/left`);
      visit(body.right, `${at}/right`);
    }
    if (body.kind === 'block') {
      note(factsOf(body.block, { at, labels }));
      visitTree(body.block.from, at);
      exprsOf(body.block).forEach((expr) => visitExpr(expr, at));
    }
    if (body.kind === 'opaque' && body.whole?.kind === 'select') {
      note(looseFacts(body.whole, { at, labels, because: body.because }));
      visitSources(body.whole, at);
      selectExprs(body.whole).forEach((expr) => visitExpr(expr, at));
    }
    tailExprs({ ...rest, body: { kind: 'opaque-query', because: '' } }).forEach((expr) =>
      visitExpr(expr, at),
    );
  }

  function visitTree(tree: JoinTree, at: string): void {
    if (tree.kind === 'query') {
      visit(tree.query, `${at}/${labels.ofSource(tree.occ)}`);
    }
    childrenOf(tree).forEach((child) => visitTree(child, at));
  }

  function visitSources(select: BoundSelect, at: string): void {
    for (const leaf of leavesOf(select.from)) {
      if (leaf.kind === 'derived') {
        visitBound(leaf.query, `${at}/${labels.ofSource(leaf.occ)}`);
      }
    }
  }

  function visitExpr(expr: BoundExpr, at: string): void {
    for (const node of nodesOf(expr)) {
      const inner = queryIn(node);
      if (inner !== undefined) {
        visitBound(inner, `${at}/subquery`);
      }
    }
  }

  if (!isDeeperThan(query, DEEPEST)) {
    visitBound(query, 'query');
  }
  return [...found.values()];
}

function isDeeperThan(query: BoundQuery, levels: number): boolean {
  return levels === 0 || queriesIn(query).some((inner) => isDeeperThan(inner, levels - 1));
}

/** The queries directly inside a query; the sides of a set operation are no level of their own. */
function queriesIn({ body, ...tail }: BoundQuery): readonly BoundQuery[] {
  if (body.kind === 'set') {
    return [...queriesIn(body.left), ...queriesIn(body.right)];
  }
  const exprs = [
    ...tailExprs({ ...tail, body }),
    ...(body.kind === 'select' ? selectExprs(body) : []),
    ...(body.kind === 'values' ? body.rows.flat() : []),
  ];
  const sources = body.kind === 'select' ? leavesOf(body.from) : [];
  return [
    ...sources.flatMap((leaf) => (leaf.kind === 'derived' ? [leaf.query] : [])),
    ...exprs.flatMap((expr) => [...nodesOf(expr)].flatMap((node) => queryIn(node) ?? [])),
  ];
}

interface Place {
  readonly at: string;
  readonly labels: BlockLabels;
}

function factsOf(block: Block, { at, labels }: Place): BlockFacts {
  const { keyOf } = labels;
  return {
    at,
    reads: readsOf(block.from, labels),
    ...conditionFacts(block.where, keyOf),
    outerJoins: outerJoinsOf(block.from, labels),
    ...(block.groupBy === undefined ? {} : { groupBy: block.groupBy.map(keyOf) }),
    ...(block.groupingSets === undefined ? {} : { groupingSets: block.groupingSets }),
    having: block.having.map(keyOf),
    measures: measuresOf([...block.items.map(({ expr }) => expr), ...block.having], labels),
    distinct: block.distinct,
    barriers: block.barriers,
  };
}

/** Of a select that blocks cannot say: what its clauses say as they stand. */
function looseFacts(
  select: BoundSelect,
  { at, labels, because }: Place & { readonly because: string },
): BlockFacts {
  const { keyOf } = labels;
  const { groupBy, having, items, where, distinct } = select;
  const ons = innerOnly(select) ? onExprs(select.from) : [];
  return {
    at,
    reads: leavesOf(select.from).map(({ occ }) => labels.ofSource(occ)),
    ...conditionFacts([where, ...ons].flatMap(conjunctsOf), keyOf),
    outerJoins: [],
    ...(groupBy === undefined ? {} : { groupBy: groupBy.exprs.map(keyOf) }),
    ...(groupBy?.sets === undefined ? {} : { groupingSets: groupBy.sets }),
    having: conjunctsOf(having).map(keyOf),
    measures: measuresOf(
      [...items.map(({ expr }) => expr), ...(having === undefined ? [] : [having])],
      labels,
    ),
    distinct: distinct === 'all',
    barriers: [because],
  };
}

function innerOnly({ from }: BoundSelect): boolean {
  const isInner = (item: BoundSelect['from']): boolean =>
    item?.kind !== 'join' ||
    ((item.join === 'inner' || item.join === 'cross') && isInner(item.left) && isInner(item.right));
  return isInner(from);
}

function readsOf(tree: JoinTree, labels: BlockLabels): readonly string[] {
  return tree.kind === 'table' || tree.kind === 'query'
    ? [labels.ofSource(tree.occ)]
    : childrenOf(tree).flatMap((child) => readsOf(child, labels));
}

function outerJoinsOf(tree: JoinTree, labels: BlockLabels): readonly OuterJoinFact[] {
  const inside = childrenOf(tree).flatMap((child) => outerJoinsOf(child, labels));
  if (tree.kind !== 'outer') {
    return inside;
  }
  const { join: kind, left, right, on } = tree;
  const [leftReads, rightReads] = [readsOf(left, labels), readsOf(right, labels)];
  return [...inside, { kind, left: leftReads, right: rightReads, on: on.map(labels.keyOf) }];
}

function childrenOf(tree: JoinTree): readonly JoinTree[] {
  if (tree.kind === 'inner') {
    return tree.members;
  }
  return tree.kind === 'outer' ? [tree.left, tree.right] : [];
}

function exprsOf(block: Block): readonly BoundExpr[] {
  const conditionsOf = (tree: JoinTree): readonly BoundExpr[] => [
    ...(tree.kind === 'outer' ? tree.on : []),
    ...childrenOf(tree).flatMap(conditionsOf),
  ];
  return [
    ...block.items.map(({ expr }) => expr),
    ...block.where,
    ...block.having,
    ...(block.groupBy ?? []),
    ...conditionsOf(block.from),
  ];
}

function measuresOf(exprs: readonly BoundExpr[], labels: BlockLabels): readonly MeasureFact[] {
  const found = new Map<string, MeasureFact>();
  for (const expr of exprs) {
    for (const node of nodesOf(expr)) {
      if (isAggregate(node)) {
        const call = exprKey(node, labels.nameOf);
        found.set(call, { call, additivity: additivityOf(node) });
      }
    }
  }
  return [...found.values()];
}
