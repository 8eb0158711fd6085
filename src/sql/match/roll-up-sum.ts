import type { BoundExpr } from '../bound.ts';
import { REWRITE_RULES } from '../dialects/rewriting.ts';
import type { Call } from '../normalize/walk.ts';
import { aggregate, call, countOf } from './calls.ts';
import { familyOf, typeOf } from './column-types.ts';
import type { RolledUp, RollUpParts } from './roll-up-parts.ts';
import {
  countColumn,
  FLOATS_DO_NOT_ADD_UP,
  filteredAs,
  measure,
  notDerivable,
  rolled,
  TYPE_UNKNOWN,
} from './roll-up-parts.ts';

/** A sum is the sum of the groups' sums, in the type it had. */
export function rollUpSum(sum: Call, parts: RollUpParts): RolledUp {
  const column = measure(sum, parts);
  const [argument] = sum.args;
  if (argument === undefined || sum.args.length > 1) {
    return notDerivable(sum, 'without one argument');
  }
  if (column === undefined) {
    return sum.filter === undefined ? sumOverKeys(sum, parts) : notDerivable(sum, NOT_HELD);
  }
  return sumAgain(aggregate('sum', column), { argument, parts });
}

const NOT_HELD = 'the mart does not hold it';

/** A sum of sums of an argument, cast back where the dialect widens sums. */
export function sumAgain(
  again: BoundExpr,
  { argument, parts }: { readonly argument: BoundExpr; readonly parts: RollUpParts },
): RolledUp {
  const type = typeOf(argument, parts.scope);
  const family = familyOf(type);
  if (family === 'float') {
    return FLOATS_DO_NOT_ADD_UP;
  }
  if (family !== 'integer' && family !== 'decimal') {
    return TYPE_UNKNOWN;
  }
  const back = REWRITE_RULES[parts.dialect].sumBack({
    type: type ?? '',
    isInteger: family === 'integer',
  });
  if (back === 'same') {
    return rolled(again);
  }
  return back === 'unknown'
    ? TYPE_UNKNOWN
    : rolled({ kind: 'cast', operand: again, type: back, safe: false });
}

/** `sum(x)` over a grouping key `x` is the sum of `x` times the rows of each group. */
function sumOverKeys(sum: Call, parts: RollUpParts): RolledUp {
  const [argument] = sum.args;
  const value = argument === undefined ? undefined : parts.keys.expr(argument);
  const rows = countColumn(countOf(undefined), parts);
  const wide = REWRITE_RULES[parts.dialect].wideInteger;
  const family = argument === undefined ? 'unknown' : familyOf(typeOf(argument, parts.scope));
  if (
    value?.kind !== 'covered' ||
    rows === undefined ||
    wide === undefined ||
    family !== 'integer'
  ) {
    return notDerivable(sum, NOT_HELD);
  }
  const product: BoundExpr = {
    kind: 'binary',
    op: '*',
    left: { kind: 'cast', operand: value.expr, type: wide, safe: false },
    right: rows,
  };
  return rolled(aggregate('sum', product));
}

/** An average is a sum divided by a count of the same column. */
export function rollUpAverage(average: Call, parts: RollUpParts): RolledUp {
  const [argument] = average.args;
  if (argument === undefined) {
    return notDerivable(average, 'without one argument');
  }
  const family = familyOf(typeOf(argument, parts.scope));
  if (family === 'float') {
    return FLOATS_DO_NOT_ADD_UP;
  }
  if (family !== 'integer' && family !== 'decimal') {
    return TYPE_UNKNOWN;
  }
  const rules = REWRITE_RULES[parts.dialect];
  const double = family === 'integer' ? rules.averageOfIntegers : rules.averageOfDecimals;
  if (double === undefined) {
    return notDerivable(average, 'the type of its result cannot be rebuilt in this dialect');
  }
  const sum = measure(filteredAs(aggregate('sum', argument), average), parts);
  const count = countColumn(filteredAs(countOf(argument), average), parts);
  if (sum === undefined || count === undefined) {
    return {
      kind: 'miss',
      code: 'AVERAGE_NEEDS_SUM_AND_COUNT',
      text: 'an average is rolled up from a sum and a count of the same column; the mart lacks one',
    };
  }
  const quotient: BoundExpr = {
    kind: 'binary',
    op: '/',
    left: { kind: 'cast', operand: aggregate('sum', sum), type: double, safe: false },
    right: call('nullif', [
      aggregate('sum', count),
      { kind: 'literal', type: 'number', text: '0' },
    ]),
  };
  return rolled(quotient, true);
}
