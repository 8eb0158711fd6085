import type { BoundExpr } from '../bound.ts';

/** The conjuncts of a condition in canonical form: BETWEEN as two ranges, NOT pushed in, literals on the right. */
export function conjunctsOf(condition: BoundExpr | undefined): readonly BoundExpr[] {
  if (condition === undefined) {
    return [];
  }
  const expr = canonicalCondition(condition);
  if (expr.kind === 'binary' && expr.op === 'and') {
    return [...conjunctsOf(expr.left), ...conjunctsOf(expr.right)];
  }
  return isTrue(expr) ? [] : [expr];
}

/** The conjunction of conditions, or nothing where there are none. */
export function conjunctionOf(conditions: readonly BoundExpr[]): BoundExpr | undefined {
  const [first, ...more] = conditions;
  return first === undefined ? undefined : more.reduce(and, first);
}

function and(left: BoundExpr, right: BoundExpr): BoundExpr {
  return { kind: 'binary', op: 'and', left, right };
}

/** The same truth value, NULL included, on every row. */
function canonicalCondition(expr: BoundExpr): BoundExpr {
  if (expr.kind === 'unary' && expr.op === 'not') {
    return negate(canonicalCondition(expr.operand));
  }
  if (expr.kind === 'between' && !expr.negated) {
    return and(compare('>=', expr.operand, expr.low), compare('<=', expr.operand, expr.high));
  }
  if (expr.kind === 'in-list') {
    return oneValued(expr);
  }
  return expr.kind === 'binary' ? canonicalBinary(expr) : expr;
}

function canonicalBinary(expr: Extract<BoundExpr, { kind: 'binary' }>): BoundExpr {
  if (expr.op === 'and' || expr.op === 'or') {
    return { ...expr, left: canonicalCondition(expr.left), right: canonicalCondition(expr.right) };
  }
  return TURNED.has(expr.op) ? compare(expr.op, expr.left, expr.right) : expr;
}

function oneValued(expr: Extract<BoundExpr, { kind: 'in-list' }>): BoundExpr {
  const [only, ...more] = expr.list;
  if (only === undefined || more.length > 0) {
    return expr;
  }
  return compare(expr.negated ? '<>' : '=', expr.operand, only);
}

const TURNED: ReadonlyMap<string, string> = new Map([
  ['=', '='],
  ['<>', '<>'],
  ['<', '>'],
  ['<=', '>='],
  ['>', '<'],
  ['>=', '<='],
]);

function compare(op: string, left: BoundExpr, right: BoundExpr): BoundExpr {
  const turned = TURNED.get(op);
  return isConstant(left) && !isConstant(right) && turned !== undefined
    ? { kind: 'binary', op: turned, left: right, right: left }
    : { kind: 'binary', op, left, right };
}

/** NOT pushed in where three-valued logic allows it; `<` is left alone because of NaN. */
function negate(expr: BoundExpr): BoundExpr {
  if (expr.kind === 'unary' && expr.op === 'not') {
    return expr.operand;
  }
  if (
    expr.kind === 'is' ||
    expr.kind === 'in-list' ||
    expr.kind === 'in-query' ||
    expr.kind === 'exists' ||
    expr.kind === 'between'
  ) {
    return canonicalCondition({ ...expr, negated: !expr.negated });
  }
  return expr.kind === 'binary' ? negateBinary(expr) : { kind: 'unary', op: 'not', operand: expr };
}

const OPPOSITE: ReadonlyMap<string, string> = new Map([
  ['=', '<>'],
  ['<>', '='],
  ['is distinct from', 'is not distinct from'],
  ['is not distinct from', 'is distinct from'],
  ['like', 'not like'],
  ['not like', 'like'],
  ['ilike', 'not ilike'],
  ['not ilike', 'ilike'],
]);

function negateBinary(expr: Extract<BoundExpr, { kind: 'binary' }>): BoundExpr {
  if (expr.op === 'and' || expr.op === 'or') {
    return {
      kind: 'binary',
      op: expr.op === 'and' ? 'or' : 'and',
      left: negate(expr.left),
      right: negate(expr.right),
    };
  }
  const opposite = OPPOSITE.get(expr.op);
  return opposite === undefined
    ? { kind: 'unary', op: 'not', operand: expr }
    : { ...expr, op: opposite };
}

/** A value known before any row is read: a literal, a parameter, or a cast or sign of one. */
export function isConstant(expr: BoundExpr): boolean {
  if (expr.kind === 'literal' || expr.kind === 'parameter') {
    return true;
  }
  if (expr.kind === 'cast' || (expr.kind === 'unary' && expr.op !== 'not')) {
    return isConstant(expr.operand);
  }
  return expr.kind === 'interval' && isConstant(expr.amount);
}

/** True, or what statements that are put together begin with: `1 = 1`. */
function isTrue(expr: BoundExpr): boolean {
  if (expr.kind === 'binary' && expr.op === '=') {
    const { left, right } = expr;
    return (
      left.kind === 'literal' &&
      right.kind === 'literal' &&
      left.type === right.type &&
      (left.type === 'number' || left.type === 'string') &&
      left.text === right.text
    );
  }
  return expr.kind === 'literal' && expr.type === 'boolean' && expr.text.toLowerCase() === 'true';
}
