import type { Facts } from '../../marts/facts.ts';
import type { BoundExpr } from '../bound.ts';
import type { Block, NormalQuery } from '../normal-query.ts';
import { isConstant } from '../normalize/conjuncts.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { isAggregate } from '../normalize/functions.ts';
import { columnsRejectedBy } from '../normalize/null-rejecting.ts';
import { queryIn, refsIn, someExpr } from '../normalize/walk.ts';
import type { Cluster } from './cluster.ts';
import { clusterOf } from './cluster.ts';
import type { ColumnTypes, TypeScope } from './column-types.ts';
import { sourcesOfTree, typeOf } from './column-types.ts';
import { comparesByIdentity } from './equalities.ts';
import { factsOf } from './facts-of.ts';
import { satelliteKeepsRows } from './keeps-rows.ts';

/** What is known of the tables; without it only the text of a query counts. */
export interface OrderScope {
  readonly facts: Facts;
  readonly types: ColumnTypes;
}

/** True when rows that tie in the order are equal rows, so that any cut keeps the same multiset. */
export function isTotallyOrdered(query: NormalQuery, scope?: OrderScope): boolean {
  const { body, orderBy, limit } = query;
  if (limit?.kind === 'literal' && limit.text === '0') {
    return true;
  }
  if (body.kind !== 'block') {
    return false;
  }
  const { block } = body;
  if (block.groupBy?.length === 0 && block.groupingSets === undefined) {
    return true;
  }
  const ordered = new Set(orderBy.map((item) => exprKey(item.expr)));
  const settles = (exprs: readonly BoundExpr[]): boolean =>
    exprs.length > 0 && exprs.every((expr) => isConstant(expr) || ordered.has(exprKey(expr)));
  const keysSettle =
    block.groupBy !== undefined && block.groupingSets === undefined && settles(block.groupBy);
  if (keysSettle || settles(block.items.map((item) => item.expr))) {
    return true;
  }
  return scope !== undefined && isSettledByKeys(query, { block, scope });
}

/**
 * True when the order names a verified key, or enough that such keys settle all else: then a row of the order is one row
 * of the tables, or one group.
 */
function isSettledByKeys(
  { orderBy }: NormalQuery,
  { block, scope }: { readonly block: Block; readonly scope: OrderScope },
): boolean {
  if (block.groupingSets !== undefined) {
    return false;
  }
  const ordered = orderBy.map((item) => item.expr);
  const settled = settledColumns(block, { ordered, scope });
  const keys = new Set(ordered.map((expr) => exprKey(expr)));
  const isSettled = (expr: BoundExpr): boolean =>
    isConstant(expr) ||
    keys.has(exprKey(expr)) ||
    (refsIn(expr).every((ref) => settled(ref.occ, ref.column)) && isOfRow(expr));
  return (block.groupBy ?? block.items.map((item) => item.expr)).every(isSettled);
}

function isOfRow(expr: BoundExpr): boolean {
  return !someExpr(
    expr,
    (part) =>
      (part.kind === 'call' && part.over !== undefined) ||
      isAggregate(part) ||
      queryIn(part) !== undefined,
  );
}

type IsSettled = (occ: number, column: string) => boolean;

interface Asked {
  readonly ordered: readonly BoundExpr[];
  readonly scope: OrderScope;
}

/** The columns that have one value on all rows that tie in the order. */
function settledColumns(block: Block, { ordered, scope: { facts, types } }: Asked): IsSettled {
  const scope: TypeScope = { types, sources: sourcesOfTree(block.from) };
  const cluster = clusterOf(block.from);
  const columns = new Set<string>();
  const rows = new Set<number>();
  const isSettled: IsSettled = (occ, column) => rows.has(occ) || columns.has(`${occ}.${column}`);
  const settle = (expr: BoundExpr): void => {
    if (expr.kind === 'ref' && comparesByIdentity(typeOf(expr, scope), typeOf(expr, scope))) {
      columns.add(`${expr.occ}.${expr.column}`);
    }
  };
  ordered.forEach(settle);
  const notNull = new Set(block.where.flatMap((condition) => [...columnsRejectedBy(condition)]));
  for (let before = -1; before !== columns.size + rows.size; ) {
    before = columns.size + rows.size;
    for (const condition of block.where) {
      settleByEquality(condition, { settle, isSettled });
    }
    settleByKeys(cluster, { facts, scope, rows, isSettled, notNull });
  }
  return isSettled;
}

function settleByEquality(
  condition: BoundExpr,
  {
    settle,
    isSettled,
  }: { readonly settle: (expr: BoundExpr) => void; readonly isSettled: IsSettled },
): void {
  if (condition.kind !== 'binary' || condition.op !== '=') {
    return;
  }
  const isKnown = (expr: BoundExpr): boolean =>
    isConstant(expr) || (expr.kind === 'ref' && isSettled(expr.occ, expr.column));
  if (isKnown(condition.right)) {
    settle(condition.left);
  }
  if (isKnown(condition.left)) {
    settle(condition.right);
  }
}

interface KeyScope {
  readonly facts: Facts;
  readonly scope: TypeScope;
  readonly rows: Set<number>;
  readonly isSettled: IsSettled;
  /** Columns that the block's conditions let through only where they are not NULL. */
  readonly notNull: ReadonlySet<string>;
}

/** A source whose key is settled is one row; so is what a left join finds by settled columns and a key. */
function settleByKeys({ leaves, satellites }: Cluster, parts: KeyScope): void {
  const { facts, scope, rows, isSettled } = parts;
  for (const leaf of leaves) {
    if (leaf.kind !== 'table') {
      continue;
    }
    const { uniqueKeys, notNull } = factsOf(facts, leaf.relation);
    const isOneRow = uniqueKeys.some(
      ({ columns }) =>
        columns.length > 0 &&
        columns.every(
          (column) =>
            isSettled(leaf.occ, column) &&
            (notNull.has(column) || parts.notNull.has(`${leaf.occ}.${column}`)),
        ),
    );
    if (isOneRow) {
      rows.add(leaf.occ);
    }
  }
  for (const satellite of satellites) {
    const [leaf, ...more] = satellite.right.leaves;
    if (satellite.join !== 'left' || leaf?.kind !== 'table' || more.length > 0) {
      continue;
    }
    const reads = satellite.on.flatMap(refsIn).filter((ref) => ref.occ !== leaf.occ);
    const finds = satelliteKeepsRows(satellite, { facts, scope });
    if (finds !== undefined && reads.every((ref) => isSettled(ref.occ, ref.column))) {
      rows.add(leaf.occ);
    }
  }
}
