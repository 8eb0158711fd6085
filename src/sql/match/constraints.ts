import { DAY_MS } from '../../base/clock.ts';
import type { BoundExpr } from '../bound.ts';
import { conjunctsOf } from '../normalize/conjuncts.ts';
import { chainOf, exprKey } from '../normalize/expr-key.ts';
import type { TypeFamily, TypeScope } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
import type { Equalities } from './equalities.ts';
import type { Decimal, IntervalSet, Point } from './intervals.ts';
import { everything, intersect, pointSet } from './intervals.ts';
import { comparedAs, isRangeForm, momentsWhere } from './moment-ranges.ts';
import { isDate, pointOf } from './points.ts';
import { truncationOf } from './truncation.ts';

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
  if (condition.kind === 'unary' && condition.op === 'not') {
    return notSo(condition.operand, parts);
  }
  if (condition.kind === 'between' && condition.negated) {
    const { operand, low, high } = condition;
    if (familyOf(typeOf(operand, parts.scope)) === 'float') {
      return undefined;
    }
    const below = comparison({ op: '<', left: operand, right: low }, parts);
    const above = comparison({ op: '>', left: operand, right: high }, parts);
    return below === undefined || above === undefined
      ? undefined
      : { key: below.key, values: [...below.values, ...above.values] };
  }
  return undefined;
}

const OPPOSITE: ReadonlyMap<string, string> = new Map([
  ['<', '>='],
  ['<=', '>'],
  ['>', '<='],
  ['>=', '<'],
]);

/** `not (x < 5)` is `x >= 5`, but for floats, where NaN may be neither. */
function notSo(condition: BoundExpr, parts: ConstraintScope): Constraint | undefined {
  const op = condition.kind === 'binary' ? OPPOSITE.get(condition.op) : undefined;
  return condition.kind !== 'binary' ||
    op === undefined ||
    familyOf(typeOf(condition.left, parts.scope)) === 'float'
    ? undefined
    : comparison({ ...condition, op }, parts);
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
  { op, left, right }: Comparison,
  { scope, equalities }: ConstraintScope,
): Constraint | undefined {
  const moments = momentsOf({ op, left, right }, scope);
  if (moments !== undefined) {
    return { key: exprKey(moments.of, equalities.nameOf), values: moments.values };
  }
  const family = familyOf(typeOf(left, scope));
  const at = pointOf(right, family);
  if (at === undefined) {
    return undefined;
  }
  const values = valuesOf(op, { at, family });
  return values === undefined ? undefined : { key: exprKey(left, equalities.nameOf), values };
}

type Comparison = Pick<Extract<BoundExpr, { kind: 'binary' }>, 'op' | 'left' | 'right'>;

/** What a comparison of a truncated moment says of the moment itself. */
function momentsOf(
  { op, left, right }: Comparison,
  scope: TypeScope,
): { readonly of: BoundExpr; readonly values: IntervalSet } | undefined {
  const truncation = truncationOf(left);
  if (truncation === undefined) {
    return undefined;
  }
  const { unit, of, form } = truncation;
  const family = familyOf(typeOf(of, scope));
  if ((family !== 'date' && family !== 'timestamp') || !isRangeForm(form)) {
    return undefined;
  }
  const at = pointOf(right, comparedAs(form, family));
  const values = at === undefined ? undefined : momentsWhere(op, { unit, form, at, family });
  return values === undefined ? undefined : { of, values };
}

function valuesOf(
  op: string,
  { at, family }: { readonly at: Point; readonly family: TypeFamily },
): IntervalSet | undefined {
  const isSpanned = family === 'integer' || family === 'date';
  if (op === '=' && !isSpanned) {
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
    case '=':
      return pointSet([at]);
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

/** Days are whole, so each is the span up to the next: `d <= '2024-01-31'` is `d < '2024-02-01'`. */
function dateValues(op: string, at: Point): IntervalSet | undefined {
  const next =
    typeof at === 'string'
      ? new Date(Date.parse(`${at}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)
      : '';
  return isDate(next) ? spanValues(op, { from: at, next }) : orderedValues(op, at);
}

/** Whole numbers as spans as well, so that 1 and 2 are all from 1 to below 3: only for integer types. */
function integerValues(op: string, at: Point): IntervalSet | undefined {
  if (typeof at === 'string') {
    return undefined;
  }
  const unit = 10n ** BigInt(at.scale);
  const floor = floorDivide(at.digits, unit);
  const next = whole(floor + 1n);
  if (floor * unit === at.digits) {
    return spanValues(op, { from: whole(floor), next });
  }
  switch (op) {
    case '=':
      return pointSet([at]);
    case '<>':
      return everything;
    case '<':
    case '<=':
      return [{ high: { at: next, closed: false } }];
    case '>':
    case '>=':
      return [{ low: { at: next, closed: true } }];
  }
  return undefined;
}

/** Comparisons with a value of a type whose values have a next one. */
function spanValues(
  op: string,
  { from, next }: { readonly from: Point; readonly next: Point },
): IntervalSet | undefined {
  const [low, below] = [
    { at: from, closed: true },
    { at: from, closed: false },
  ];
  const [above, high] = [
    { at: next, closed: true },
    { at: next, closed: false },
  ];
  switch (op) {
    case '=':
      return [{ low, high }];
    case '<>':
      return [{ high: below }, { low: above }];
    case '<':
      return [{ high: below }];
    case '<=':
      return [{ high }];
    case '>':
      return [{ low: above }];
    case '>=':
      return [{ low }];
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
    comparison({ op, left: condition.operand, right: item }, parts),
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
