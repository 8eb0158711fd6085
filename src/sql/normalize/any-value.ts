import type { BoundExpr } from '../bound.ts';
import { isConstant } from './conjuncts.ts';
import { exprKey } from './expr-key.ts';
import { isAggregate, natureOf } from './functions.ts';
import { replaceIn } from './replace-in.ts';
import { partsOf, queryIn } from './walk.ts';

/** What has one value in each group. */
export interface Settled {
  /** Keys of the expressions the rows are grouped by. */
  readonly keys: ReadonlySet<string>;
  /** Keys of expressions that equal a constant on every row. */
  readonly pinned: ReadonlySet<string>;
}

/** Aggregates that give the value of some row, no matter which. */
const ANY = new Set(['any_value', 'arbitrary', 'first', 'last']);

/**
 * `any_value(x)` where all rows of a group have the same `x`: what is made of grouping keys stands for itself, what
 * equals a constant is the least of its values.
 */
export function settleAnyValue(whole: BoundExpr, settled: Settled): BoundExpr {
  return replaceIn(whole, (part) => {
    if (queryIn(part) !== undefined) {
      return part;
    }
    if (!isAggregate(part)) {
      return undefined;
    }
    const [value, ...more] = part.args;
    if (!ANY.has(part.name) || value === undefined || more.length > 0) {
      return part;
    }
    if (part.filter !== undefined || part.modifiers.length > 0) {
      return part;
    }
    if (settled.keys.size > 0 && isMadeOf(value, settled.keys)) {
      return value;
    }
    return isMadeOf(value, new Set([...settled.keys, ...settled.pinned]))
      ? { ...part, name: 'min', distinct: false, orderBy: [] }
      : part;
  });
}

function isMadeOf(expr: BoundExpr, keys: ReadonlySet<string>): boolean {
  if (keys.has(exprKey(expr))) {
    return true;
  }
  const isPlain =
    expr.kind === 'binary' ||
    expr.kind === 'case' ||
    expr.kind === 'cast' ||
    (expr.kind === 'call' && expr.over === undefined && natureOf(expr.name) === 'immutable');
  const parts = partsOf(expr);
  return isPlain && parts.length > 0
    ? parts.every((part) => isConstant(part) || isMadeOf(part, keys))
    : false;
}

/** Expressions that a condition makes equal to a constant; 0 is left out, as it may have a sign. */
export function pinnedBy(conditions: readonly BoundExpr[]): ReadonlySet<string> {
  return new Set(
    conditions.flatMap((condition) =>
      condition.kind === 'binary' &&
      condition.op === '=' &&
      condition.right.kind === 'literal' &&
      condition.right.type !== 'null' &&
      !/^[-+]?0*\.?0*$/.test(condition.right.text)
        ? [exprKey(condition.left)]
        : [],
    ),
  );
}
