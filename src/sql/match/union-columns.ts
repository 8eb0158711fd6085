import type { BoundExpr } from '../bound.ts';
import type { Block } from '../normal-query.ts';
import { isConstant } from '../normalize/conjuncts.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { ignoresDuplicates, isAggregate } from '../normalize/functions.ts';
import type { Call } from '../normalize/walk.ts';
import { partsOf, queryIn, someExpr } from '../normalize/walk.ts';
import { aggregate, countOf } from './calls.ts';
import type { PreparedBlock } from './prepared.ts';
import { filteredAs } from './roll-up-parts.ts';

/** What each branch of a union must give, so that the query can be computed from all their rows. */
export interface UnionColumns {
  /** True where each branch groups by the keys. */
  readonly isGrouped: boolean;
  readonly keys: readonly BoundExpr[];
  /** Partial aggregates of the groups. */
  readonly measures: readonly Call[];
}

/** Single rows: every grouping key and every argument, or every output where nothing is grouped. */
export function rowColumns(
  { block, groupBy }: PreparedBlock,
  orderBy: readonly BoundExpr[],
): UnionColumns | undefined {
  const outputs = outputsOf(block, orderBy);
  if (outputs.some(readsQuery)) {
    return undefined;
  }
  if (groupBy === undefined) {
    return { isGrouped: false, keys: distinctExprs(outputs), measures: [] };
  }
  const inside = outputs.flatMap(aggregatesIn).flatMap((call) => partsOf(call));
  return { isGrouped: false, keys: distinctExprs([...groupBy, ...inside]), measures: [] };
}

/** Groups: the query's keys, and of every aggregate what adds up; nothing where one of them does not. */
export function groupColumns(
  { block, groupBy }: PreparedBlock,
  orderBy: readonly BoundExpr[],
): UnionColumns | undefined {
  const outputs = outputsOf(block, orderBy);
  if (groupBy === undefined || outputs.some(readsQuery)) {
    return undefined;
  }
  const keys = [...groupBy];
  const measures: Call[] = [];
  for (const call of outputs.flatMap(aggregatesIn)) {
    const parts = partialsOf(call);
    if (parts === undefined) {
      return undefined;
    }
    keys.push(...parts.keys);
    measures.push(...parts.measures);
  }
  const byKey = new Map(measures.map((call) => [exprKey(call), call]));
  return { isGrouped: true, keys: distinctExprs(keys), measures: [...byKey.values()] };
}

function partialsOf(call: Call): Omit<UnionColumns, 'isGrouped'> | undefined {
  const [argument, ...more] = call.args;
  if (call.orderBy.length > 0 || more.length > 0) {
    return undefined;
  }
  if (call.distinct) {
    const filter = call.filter === undefined ? [] : [call.filter];
    return argument === undefined ? undefined : { keys: [argument, ...filter], measures: [] };
  }
  if (call.name === 'count' || call.name === 'sum' || ignoresDuplicates(call.name)) {
    return { keys: [], measures: [call] };
  }
  if ((call.name !== 'avg' && call.name !== 'mean') || argument === undefined) {
    return undefined;
  }
  const parts = [aggregate('sum', argument), countOf(argument)];
  return { keys: [], measures: parts.map((part) => filteredAs(part, call)) };
}

function outputsOf(block: Block, orderBy: readonly BoundExpr[]): readonly BoundExpr[] {
  return [...block.items.map((item) => item.expr), ...block.having, ...orderBy];
}

function aggregatesIn(expr: BoundExpr): readonly Call[] {
  return isAggregate(expr) ? [expr] : partsOf(expr).flatMap(aggregatesIn);
}

function readsQuery(expr: BoundExpr): boolean {
  return someExpr(expr, (part) => queryIn(part) !== undefined);
}

function distinctExprs(exprs: readonly BoundExpr[]): readonly BoundExpr[] {
  const told = exprs.filter((expr) => !isConstant(expr) && expr.kind !== 'star');
  return [...new Map(told.map((expr) => [exprKey(expr), expr])).values()];
}
