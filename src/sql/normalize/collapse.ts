import type { BoundExpr } from '../bound.ts';
import type { Block, NormalQuery } from '../normal-query.ts';
import { exprKey } from './expr-key.ts';
import { isAggregate } from './functions.ts';
import { replaceIn } from './replace-in.ts';
import { someExpr } from './walk.ts';

/**
 * Merges a block that only filters and projects one grouped source into that source:
 * `select g from (select g, sum(x) as s from t group by g) where s > 10` is a HAVING.
 */
export function collapse(query: NormalQuery): NormalQuery {
  const inner = innerOf(query);
  if (inner === undefined || query.body.kind !== 'block') {
    return query;
  }
  const { block: outer } = query.body;
  const stands = new Map(inner.names.map((name, index) => [name, inner.block.items[index]?.expr]));
  const settle = (expr: BoundExpr): BoundExpr =>
    replaceIn(expr, (part) =>
      part.kind === 'ref' && part.occ === inner.occ ? stands.get(part.column) : undefined,
    );
  const block: Block = {
    ...inner.block,
    items: outer.items.map((item) => ({ ...item, expr: settle(item.expr) })),
    ...movedConditions(inner.block, outer.where.map(settle)),
  };
  return {
    ...query,
    body: { kind: 'block', block },
    orderBy: query.orderBy.map((item) => ({ ...item, expr: settle(item.expr) })),
  };
}

interface Inner {
  readonly occ: number;
  readonly block: Block;
  readonly names: readonly string[];
}

function innerOf(query: NormalQuery): Inner | undefined {
  if (query.body.kind !== 'block') {
    return undefined;
  }
  const { block: outer } = query.body;
  if (outer.from.kind !== 'query' || !onlyProjects(outer)) {
    return undefined;
  }
  const { occ, query: source } = outer.from;
  if (source.body.kind !== 'block' || source.limit !== undefined || source.offset !== undefined) {
    return undefined;
  }
  const { block } = source.body;
  const isGrouped = block.groupBy !== undefined && !block.distinct && block.barriers.length === 0;
  return isGrouped ? { occ, block, names: source.outputs } : undefined;
}

function onlyProjects(block: Block): boolean {
  return (
    block.groupBy === undefined &&
    block.having.length === 0 &&
    !block.distinct &&
    block.barriers.length === 0 &&
    ![...block.where, ...block.items.map((item) => item.expr)].some((expr) =>
      someExpr(
        expr,
        (part) => part.kind === 'subquery' || part.kind === 'exists' || part.kind === 'in-query',
      ),
    )
  );
}

/** A condition on grouping keys alone filters rows before they are grouped; any other filters groups. */
function movedConditions(
  block: Block,
  conditions: readonly BoundExpr[],
): { readonly where: readonly BoundExpr[]; readonly having: readonly BoundExpr[] } {
  const keys = new Set((block.groupBy ?? []).map((expr) => exprKey(expr)));
  const mayMove = keys.size > 0 && block.groupingSets === undefined;
  const isOnKeys = (condition: BoundExpr): boolean => mayMove && readsOnly(condition, keys);
  return {
    where: [...block.where, ...conditions.filter(isOnKeys)],
    having: [...block.having, ...conditions.filter((condition) => !isOnKeys(condition))],
  };
}

/** True when the condition reads nothing but grouping keys, so it may filter rows instead of groups. */
export function readsOnly(condition: BoundExpr, keys: ReadonlySet<string>): boolean {
  if (someExpr(condition, isAggregate)) {
    return false;
  }
  let onlyKeys = true;
  replaceIn(condition, (part) => {
    if (keys.has(exprKey(part))) {
      return part;
    }
    onlyKeys &&= part.kind !== 'ref';
    return undefined;
  });
  return onlyKeys;
}
