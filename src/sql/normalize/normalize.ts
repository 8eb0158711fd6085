import type { BoundExpr, BoundQuery, BoundSelect } from '../bound.ts';
import type { Block, JoinTree, NormalBody, NormalQuery } from '../normal-query.ts';
import { pinnedBy, settleAnyValue } from './any-value.ts';
import { barriersIn, sourceBarriers } from './barriers.ts';
import { collapse, readsOnly } from './collapse.ts';
import { conjunctsOf } from './conjuncts.ts';
import { exprKey } from './expr-key.ts';
import { fromTree } from './from-tree.ts';
import { isAggregate, natureOf } from './functions.ts';
import { simplifyOuterJoins } from './join-tree.ts';
import { replaceIn } from './replace-in.ts';
import { expressionsOf, partsOf, queryIn, someExpr } from './walk.ts';

/**
 * A bound query in normal form (`normal-query.ts`). What blocks cannot say becomes opaque and keeps its tree in
 * `whole`; nothing that changes rows is ever left out.
 */
export function normalize(query: BoundQuery): NormalQuery {
  const { body, ...rest } = query;
  switch (body.kind) {
    case 'select':
      return normalizeSelect(query, body);
    case 'set':
      return {
        ...rest,
        body: { ...body, left: normalize(body.left), right: normalize(body.right) },
      };
    case 'values':
      return { ...rest, body: opaque(query, 'values') };
    case 'opaque-query':
      return { ...rest, body: opaque(query, body.because) };
  }
}

type Merged = ReadonlyMap<number, ReadonlyMap<string, BoundExpr>>;

function opaque(query: BoundQuery, because: string): NormalBody {
  const volatile = wholeBarriers(query).find(
    (barrier) => barrier.startsWith('volatile') || barrier.startsWith('not unique'),
  );
  return { kind: 'opaque', because: volatile ?? because, whole: query.body };
}

function wholeBarriers(query: BoundQuery): readonly string[] {
  return [...sourceBarriers(query), ...expressionsOf(query).flatMap(barriersIn)];
}

function normalizeSelect(query: BoundQuery, select: BoundSelect): NormalQuery {
  const { body: _body, ...rest } = query;
  const because = unsayable(select);
  if (because !== undefined) {
    return { ...rest, body: opaque(query, because) };
  }
  const from =
    select.from === undefined ? noFrom : fromTree(select.from, { normalize, nullSupplied: false });
  if (!('tree' in from)) {
    return { ...rest, body: opaque(query, from.because) };
  }
  const settle = settler(from.merged);
  const { tree, where } = simplifyOuterJoins({
    tree: settleTree(from.tree, settle),
    where: [...from.where, ...conjunctsOf(select.where)].map(settle).flatMap(conjunctsOf),
  });
  const groupBy = select.groupBy?.exprs.map(settle);
  const groups = {
    keys: new Set(groupBy?.map((expr) => exprKey(expr))),
    pinned: pinnedBy(where),
  };
  // In a grouping set without it, a key is not the same in all rows of a group.
  const over = (expr: BoundExpr): BoundExpr =>
    select.groupBy?.sets === undefined ? settleAnyValue(settle(expr), groups) : settle(expr);
  const block = groupedBlock({
    tree,
    where,
    items: select.items.map((item) => ({ name: item.name, expr: over(item.expr) })),
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(select.groupBy?.sets === undefined ? {} : { sets: select.groupBy.sets }),
    having: conjunctsOf(select.having).map(over),
    distinct: select.distinct === 'all',
  });
  const orderBy = query.orderBy.map((item) => ({ ...item, expr: over(item.expr) }));
  return collapse({
    ...rest,
    orderBy,
    body: {
      kind: 'block',
      block: {
        ...block,
        barriers: unique([...block.barriers, ...orderBy.flatMap((item) => barriersIn(item.expr))]),
      },
    },
  });
}

const noFrom = { tree: { kind: 'none' } as JoinTree, where: [], merged: new Map() as Merged };

function unsayable(select: BoundSelect): string | undefined {
  if (select.opaqueClauses.length > 0) {
    return `volatile: ${select.opaqueClauses.join(', ')}`;
  }
  if (select.qualify !== undefined) {
    return 'qualify';
  }
  return select.distinct !== undefined && select.distinct !== 'all' ? 'distinct on' : undefined;
}

/** Puts what merged columns stand for in their place; merged sources may lie in each other. */
function settler(merged: Merged): (expr: BoundExpr) => BoundExpr {
  const settle = (expr: BoundExpr): BoundExpr =>
    replaceIn(expr, (part) => {
      const stands = part.kind === 'ref' ? merged.get(part.occ)?.get(part.column) : undefined;
      return stands === undefined ? undefined : settle(stands);
    });
  return merged.size === 0 ? (expr) => expr : settle;
}

function settleTree(tree: JoinTree, settle: (expr: BoundExpr) => BoundExpr): JoinTree {
  switch (tree.kind) {
    case 'none':
    case 'table':
    case 'query':
      return tree;
    case 'inner':
      return { ...tree, members: tree.members.map((member) => settleTree(member, settle)) };
    case 'outer':
      return {
        ...tree,
        left: settleTree(tree.left, settle),
        right: settleTree(tree.right, settle),
        on: tree.on.map(settle).flatMap(conjunctsOf),
      };
  }
}

interface BlockParts {
  readonly tree: JoinTree;
  readonly where: readonly BoundExpr[];
  readonly items: Block['items'];
  readonly groupBy?: readonly BoundExpr[];
  readonly sets?: readonly (readonly number[])[];
  readonly having: readonly BoundExpr[];
  readonly distinct: boolean;
}

function groupedBlock(parts: BlockParts): Block {
  const aggregates =
    parts.having.length > 0 ||
    parts.items.some(({ expr }) => someOutsideQueries(expr, isAggregate));
  const groupBy = parts.groupBy ?? (aggregates ? [] : undefined);
  const keys = new Set((groupBy ?? []).map((expr) => exprKey(expr)));
  const mayMove = parts.sets === undefined && keys.size > 0;
  const [moved, kept] = mayMove
    ? partition(parts.having, (condition) => isMovable(condition) && readsOnly(condition, keys))
    : [[], parts.having];
  return {
    from: parts.tree,
    where: [...parts.where, ...moved],
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(parts.sets === undefined ? {} : { groupingSets: parts.sets }),
    having: kept,
    items: parts.items,
    distinct:
      parts.distinct && !(groupBy !== undefined && keys.size === 0 && parts.sets === undefined),
    barriers: unique(
      [
        ...parts.items.map((item) => item.expr),
        ...parts.where,
        ...parts.having,
        ...(groupBy ?? []),
        ...conditionsOf(parts.tree),
      ].flatMap(barriersIn),
    ),
  };
}

function conditionsOf(tree: JoinTree): readonly BoundExpr[] {
  if (tree.kind === 'inner') {
    return tree.members.flatMap(conditionsOf);
  }
  return tree.kind === 'outer'
    ? [...tree.on, ...conditionsOf(tree.left), ...conditionsOf(tree.right)]
    : [];
}

function someOutsideQueries(expr: BoundExpr, passes: (expr: BoundExpr) => boolean): boolean {
  return passes(expr) || partsOf(expr).some((part) => someOutsideQueries(part, passes));
}

function isMovable(condition: BoundExpr): boolean {
  return !someExpr(
    condition,
    (part) =>
      queryIn(part) !== undefined || (part.kind === 'call' && natureOf(part.name) !== 'immutable'),
  );
}

function partition<T>(
  values: readonly T[],
  passes: (value: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [values.filter(passes), values.filter((value) => !passes(value))];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
