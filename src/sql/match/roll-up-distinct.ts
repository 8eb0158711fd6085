import type { BoundExpr } from '../bound.ts';
import { REWRITE_RULES } from '../dialects/rewriting.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { makesSet } from '../normalize/functions.ts';
import type { Call } from '../normalize/walk.ts';
import { aggregate, call } from './calls.ts';
import { familyOf, typeOf } from './column-types.ts';
import type { RolledUp, RollUpParts } from './roll-up-parts.ts';
import { notDerivable, rolled } from './roll-up-parts.ts';

const LISTS = new Set(['list', 'array_agg']);

/** True for `list(distinct x)`: an exact set, in whatever order. */
export function listsDistinct(expr: BoundExpr): boolean {
  return (
    expr.kind === 'call' &&
    expr.over === undefined &&
    LISTS.has(expr.name) &&
    expr.distinct &&
    expr.args.length === 1 &&
    expr.filter === undefined &&
    expr.orderBy.length === 0 &&
    expr.modifiers.length === 0
  );
}

/** `count(distinct x)` of groups whose distinct values the mart lists: the size of the union of their lists. */
export function rollUpDistinct(count: Call, parts: RollUpParts): RolledUp {
  const [argument, ...more] = count.args;
  const isCount = count.name === 'count' && more.length === 0 && count.filter === undefined;
  const sets = argument === undefined || !isCount ? undefined : setsOf(argument, parts);
  if (sets === undefined && argument !== undefined && isSketched(argument, parts)) {
    return {
      kind: 'miss',
      code: 'SET_MAY_LOSE_VALUES',
      text: 'the mart holds a bitmap or sketch of it, which may have lost values (negative ones, hashes that meet); a list of the distinct values, or a grouping key, would match',
    };
  }
  if (sets === undefined) {
    return notDerivable(
      count,
      'distinct values do not add up; the column would have to be a grouping key of the mart, or the mart to hold a list of them',
    );
  }
  const united = call('list_distinct', [call('flatten', [aggregate('list', sets)])]);
  const size = call('len', [united]);
  const zero: BoundExpr = { kind: 'literal', type: 'number', text: '0' };
  return rolled(parts.mayBeEmpty ? call('coalesce', [size, zero]) : size);
}

/** True where the mart holds a set or sketch of the expression, or of a hash of it. */
function isSketched(argument: BoundExpr, { measures, premises }: RollUpParts): boolean {
  const { nameOf } = premises.equalities;
  const key = exprKey(argument, nameOf);
  const holds = (part: BoundExpr): boolean =>
    exprKey(part, nameOf) === key || (part.kind === 'call' && part.args.some(holds));
  return measures.some(({ expr }) => makesSet(expr) && expr.args.some(holds));
}

/** The mart's column that lists the distinct values of an expression whose equal values are one and the same. */
function setsOf(
  argument: BoundExpr,
  { dialect, scope, measures, premises }: RollUpParts,
): BoundExpr | undefined {
  const { nameOf } = premises.equalities;
  const comparesByIdentity = [
    'integer',
    'decimal',
    'date',
    'timestamp',
    'text',
    'boolean',
  ].includes(familyOf(typeOf(argument, scope)));
  if (!comparesByIdentity || REWRITE_RULES[dialect].unitesLists !== true) {
    return undefined;
  }
  const key = exprKey(argument, nameOf);
  return measures.find(({ expr }) => {
    const [listed] = expr.kind === 'call' && listsDistinct(expr) ? expr.args : [];
    return listed !== undefined && exprKey(listed, nameOf) === key;
  })?.column;
}
