import { DAY_MS } from '../../base/clock.ts';
import type { BoundExpr } from '../bound.ts';
import { conjunctsOf } from '../normalize/conjuncts.ts';
import { chainOf, exprKey } from '../normalize/expr-key.ts';
import type { TypeFamily, TypeScope } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
import type { Equalities } from './equalities.ts';
import type { Decimal, IntervalSet, Point } from './intervals.ts';
import { everything, intersect, pointSet } from './intervals.ts';

/** What a condition says of one expression's values: it is true exactly where the value is not NULL and in the set. */
export interface Constraint {
  /** Canonical key of the expression. */
  readonly key: string;
  readonly values: IntervalSet;
}

export interface ConstraintScope {
  readonly scope: TypeScope;
  readonly equalities: Equalities;
}

/** The constraint a condition is, if it is one; comparisons whose order we do not surely know are none. */
export function constraintOf(condition: BoundExpr, parts: ConstraintScope): Constraint | undefined {
  if (condition.kind === 'binary' && condition.op === 'or') {
    return eitherOf(chainOf(condition, 'or'), parts);
  }
  if (condition.kind === 'binary' && condition.op === 'and') {
    return bothOf(conjunctsOf(condition), parts);
  }
  if (condition.kind === 'binary') {
    return comparison(condition, parts);
  }
  if (condition.kind === 'in-list') {
    return listed(condition, parts);
  }
  if (condition.kind === 'between' && condition.negated) {
    const { operand, low, high } = condition;
    if (familyOf(typeOf(operand, parts.scope)) === 'float') {
      return undefined;
    }
    const below = comparison({ kind: 'binary', op: '<', left: operand, right: low }, parts);
    const above = comparison({ kind: 'binary', op: '>', left: operand, right: high }, parts);
    return below === undefined || above === undefined
      ? undefined
      : { key: below.key, values: [...below.values, ...above.values] };
  }
  return undefined;
}

function eitherOf(
  conditions: readonly BoundExpr[],
  parts: ConstraintScope,
): Constraint | undefined {
  const constraints = conditions.map((condition) => constraintOf(condition, parts));
  const key = constraints[0]?.key;
  const values: IntervalSet[] = [];
  for (const constraint of constraints) {
    if (constraint === undefined || constraint.key !== key) {
      return undefined;
    }
    values.push(constraint.values);
  }
  return key === undefined ? undefined : { key, values: values.flat() };
}

function bothOf(conditions: readonly BoundExpr[], parts: ConstraintScope): Constraint | undefined {
  const constraints = conditions.map((condition) => constraintOf(condition, parts));
  const key = constraints[0]?.key;
  let values = everything;
  for (const constraint of constraints) {
    if (constraint === undefined || constraint.key !== key) {
      return undefined;
    }
    values = intersect(values, constraint.values);
  }
  return key === undefined ? undefined : { key, values };
}

function comparison(
  { op, left, right }: Extract<BoundExpr, { kind: 'binary' }>,
  { scope, equalities }: ConstraintScope,
): Constraint | undefined {
  const family = familyOf(typeOf(left, scope));
  const at = pointOf(right, family);
  if (at === undefined) {
    return undefined;
  }
  const values = valuesOf(op, { at, family });
  return values === undefined ? undefined : { key: exprKey(left, equalities.nameOf), values };
}

function valuesOf(
  op: string,
  { at, family }: { readonly at: Point; readonly family: TypeFamily },
): IntervalSet | undefined {
  if (op === '=') {
    return pointSet([at]);
  }
  const hasOrder = family !== 'text' && family !== 'boolean';
  // Some engines let NaN differ from everything and lie in no range.
  if (!hasOrder || (family === 'float' && op === '<>')) {
    return undefined;
  }
  if (family === 'integer') {
    return integerValues(op, at);
  }
  if (family === 'date') {
    return dateValues(op, at);
  }
  return orderedValues(op, at);
}

function orderedValues(op: string, at: Point): IntervalSet | undefined {
  switch (op) {
    case '<>':
      return [{ high: { at, closed: false } }, { low: { at, closed: false } }];
    case '<':
      return [{ high: { at, closed: false } }];
    case '<=':
      return [{ high: { at, closed: true } }];
    case '>':
      return [{ low: { at, closed: false } }];
    case '>=':
      return [{ low: { at, closed: true } }];
  }
  return undefined;
}

/** Days are whole as well: `d < '2024-02-01'` is `d <= '2024-01-31'`. */
function dateValues(op: string, at: Point): IntervalSet | undefined {
  if (typeof at !== 'string' || (op !== '<' && op !== '>')) {
    return orderedValues(op, at);
  }
  const next = new Date(Date.parse(`${at}T00:00:00Z`) + (op === '<' ? -DAY_MS : DAY_MS))
    .toISOString()
    .slice(0, 10);
  return isDate(next) ? orderedValues(`${op}=`, next) : orderedValues(op, at);
}

/** Ends on whole numbers are made closed, so that `x > 4` and `x >= 5` are the same: only for integer types. */
function integerValues(op: string, at: Point): IntervalSet | undefined {
  if (typeof at === 'string') {
    return undefined;
  }
  const unit = 10n ** BigInt(at.scale);
  const floor = floorDivide(at.digits, unit);
  const isWhole = floor * unit === at.digits;
  const ceiling = isWhole ? floor : floor + 1n;
  const below = { high: { at: whole(isWhole ? floor - 1n : floor), closed: true } };
  const above = { low: { at: whole(floor + 1n), closed: true } };
  switch (op) {
    case '<>':
      return isWhole ? [below, above] : everything;
    case '<':
      return [below];
    case '<=':
      return [{ high: { at: whole(floor), closed: true } }];
    case '>':
      return [above];
    case '>=':
      return [{ low: { at: whole(ceiling), closed: true } }];
  }
  return undefined;
}

function floorDivide(digits: bigint, unit: bigint): bigint {
  const quotient = digits / unit;
  return digits < 0n && quotient * unit !== digits ? quotient - 1n : quotient;
}

function whole(digits: bigint): Decimal {
  return { digits, scale: 0 };
}

function listed(
  condition: Extract<BoundExpr, { kind: 'in-list' }>,
  parts: ConstraintScope,
): Constraint | undefined {
  const op = condition.negated ? '<>' : '=';
  const each = condition.list.map((item) =>
    comparison({ kind: 'binary', op, left: condition.operand, right: item }, parts),
  );
  const known = each.filter((constraint) => constraint !== undefined);
  const [first] = known;
  if (first === undefined || known.length !== each.length || each.length > 1000) {
    return undefined;
  }
  const values = condition.negated
    ? known.reduce((left, constraint) => intersect(left, constraint.values), everything)
    : known.flatMap((constraint) => constraint.values);
  return { key: first.key, values };
}

/** The point a constant is in the domain of a type, if it is surely that. */
export function pointOf(expr: BoundExpr, family: TypeFamily): Point | undefined {
  if (family === 'integer' || family === 'decimal') {
    return numberOf(expr);
  }
  if (family === 'float') {
    const value = numberOf(expr);
    return value !== undefined && String(value.digits).length <= 15 ? value : undefined;
  }
  if (family === 'date') {
    return dateOf(expr);
  }
  if (family === 'timestamp') {
    return timestampOf(expr);
  }
  if (family === 'text') {
    return expr.kind === 'literal' && expr.type === 'string' ? expr.text : undefined;
  }
  if (family === 'boolean') {
    return expr.kind === 'literal' && expr.type === 'boolean' ? expr.text.toLowerCase() : undefined;
  }
  return undefined;
}

function numberOf(expr: BoundExpr): Decimal | undefined {
  if (expr.kind === 'unary' && expr.op === '-') {
    const value = numberOf(expr.operand);
    return value === undefined ? undefined : { ...value, digits: -value.digits };
  }
  if (expr.kind === 'binary') {
    return sumOf(expr);
  }
  if (expr.kind !== 'literal' || expr.type !== 'number') {
    return undefined;
  }
  const match = /^([-+]?)(\d*)(?:\.(\d*))?$/.exec(expr.text);
  const [, sign = '', before = '', after = ''] = match ?? [];
  if (match === null || before + after === '') {
    return undefined;
  }
  const digits = BigInt(before + after);
  return { digits: sign === '-' ? -digits : digits, scale: after.length };
}

/** Sums and differences of whole literals, as people write them: `1 + 1`. */
function sumOf({ op, left, right }: Extract<BoundExpr, { kind: 'binary' }>): Decimal | undefined {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a?.scale !== 0 || b?.scale !== 0 || (op !== '+' && op !== '-')) {
    return undefined;
  }
  return whole(op === '+' ? a.digits + b.digits : a.digits - b.digits);
}

/** The text inside a date or timestamp literal, a cast of a string to one, or a bare string. */
function momentText(expr: BoundExpr): string | undefined {
  if (expr.kind === 'literal') {
    return ['string', 'date', 'timestamp'].includes(expr.type) ? expr.text.trim() : undefined;
  }
  const castsMoment = expr.kind === 'cast' && ['date', 'timestamp', 'datetime'].includes(expr.type);
  return castsMoment && expr.operand.kind === 'literal' && expr.operand.type === 'string'
    ? expr.operand.text.trim()
    : undefined;
}

function dateOf(expr: BoundExpr): Point | undefined {
  const text = momentText(expr);
  return text !== undefined && isDate(text) ? text : undefined;
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}

/** `YYYY-MM-DD HH:MM:SS.ffffff`, so that texts order as moments do. */
function timestampOf(expr: BoundExpr): Point | undefined {
  const text = momentText(expr);
  if (text === undefined) {
    return undefined;
  }
  if (expr.kind === 'cast' && expr.type === 'date' && !isDate(text)) {
    return undefined;
  }
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?$/.exec(
    text,
  );
  const [, day = '', hour = '00', minute = '00', second = '00', fraction = ''] = match ?? [];
  if (
    match === null ||
    !isDate(day) ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 59
  ) {
    return undefined;
  }
  return `${day} ${hour}:${minute}:${second}.${fraction.padEnd(6, '0')}`;
}
