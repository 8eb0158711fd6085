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
  switch (condition.kind) {
    case 'binary':
      return rejectedByBinary(condition);
    case 'is':
      if (condition.test === 'null') {
        return condition.negated ? strictColumns(condition.operand) : none;
      }
      return !condition.negated && condition.test !== 'unknown'
        ? strictColumns(condition.operand)
        : none;
    case 'between':
      return condition.negated
        ? none
        : union(
            strictColumns(condition.operand),
            strictColumns(condition.low),
            strictColumns(condition.high),
          );
    case 'in-list':
      return strictColumns(condition.operand);
    case 'in-query':
      return condition.negated ? none : strictColumns(condition.operand);
    default:
      return condition.kind === 'ref' ? strictColumns(condition) : none;
  }
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
  switch (expr.kind) {
    case 'ref':
      return new Set([`${expr.occ}.${expr.column}`]);
    case 'cast':
      return strictColumns(expr.operand);
    case 'extract':
      return strictColumns(expr.from);
    case 'unary':
      return strictColumns(expr.operand);
    case 'binary':
      return STRICT_OPS.has(expr.op)
        ? union(strictColumns(expr.left), strictColumns(expr.right))
        : none;
    case 'call':
      return STRICT_CALLS.has(expr.name) && expr.over === undefined
        ? union(...expr.args.map(strictColumns))
        : none;
    default:
      return none;
  }
}

const none: ReadonlySet<ColumnName> = new Set();

function union(...sets: readonly ReadonlySet<ColumnName>[]): ReadonlySet<ColumnName> {
  return new Set(sets.flatMap((set) => [...set]));
}
