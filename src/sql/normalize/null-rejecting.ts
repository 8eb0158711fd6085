import type { BoundExpr } from '../bound.ts';

const REJECTING_OPS = new Set([
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'like',
  'not like',
  'ilike',
  'not ilike',
]);
const STRICT_OPS = new Set(['+', '-', '*', '/', '//', '%']);
const STRICT_CALLS = new Set([
  'abs',
  'ceil',
  'ceiling',
  'date',
  'date_trunc',
  'day',
  'floor',
  'hour',
  'length',
  'lower',
  'ltrim',
  'month',
  'quarter',
  'round',
  'rtrim',
  'substr',
  'substring',
  'trim',
  'upper',
  'week',
  'year',
]);

/** `1.customer_id`: a column of an occurrence. */
export type ColumnName = string;

/**
 * The columns that are surely not NULL on a row where the condition is true: it rejects their NULLs.
 * Never guesses: an expression it does not know rejects nothing.
 */
export function columnsRejectedBy(condition: BoundExpr): ReadonlySet<ColumnName> {
  if (condition.kind === 'binary') {
    return rejectedByBinary(condition);
  }
  if (condition.kind === 'is') {
    const rejects =
      condition.test === 'null'
        ? condition.negated
        : !condition.negated && condition.test !== 'unknown';
    return rejects ? strictColumns(condition.operand) : none;
  }
  if (condition.kind === 'between' && !condition.negated) {
    return union(
      strictColumns(condition.operand),
      strictColumns(condition.low),
      strictColumns(condition.high),
    );
  }
  if (condition.kind === 'in-list' || (condition.kind === 'in-query' && !condition.negated)) {
    return strictColumns(condition.operand);
  }
  return condition.kind === 'ref' ? strictColumns(condition) : none;
}

function rejectedByBinary(
  condition: Extract<BoundExpr, { kind: 'binary' }>,
): ReadonlySet<ColumnName> {
  if (condition.op === 'and') {
    return union(columnsRejectedBy(condition.left), columnsRejectedBy(condition.right));
  }
  if (condition.op === 'or') {
    const right = columnsRejectedBy(condition.right);
    return new Set([...columnsRejectedBy(condition.left)].filter((column) => right.has(column)));
  }
  return REJECTING_OPS.has(condition.op)
    ? union(strictColumns(condition.left), strictColumns(condition.right))
    : none;
}

/** The columns whose NULL makes the whole expression NULL. */
export function strictColumns(expr: BoundExpr): ReadonlySet<ColumnName> {
  if (expr.kind === 'ref') {
    return new Set([`${expr.occ}.${expr.column}`]);
  }
  if (expr.kind === 'cast' || (expr.kind === 'unary' && expr.op !== 'not')) {
    return strictColumns(expr.operand);
  }
  if (expr.kind === 'extract') {
    return strictColumns(expr.from);
  }
  if (expr.kind === 'binary' && STRICT_OPS.has(expr.op)) {
    return union(strictColumns(expr.left), strictColumns(expr.right));
  }
  return expr.kind === 'call' && STRICT_CALLS.has(expr.name) && expr.over === undefined
    ? union(...expr.args.map(strictColumns))
    : none;
}

const none: ReadonlySet<ColumnName> = new Set();

function union(...sets: readonly ReadonlySet<ColumnName>[]): ReadonlySet<ColumnName> {
  return new Set(sets.flatMap((set) => [...set]));
}
