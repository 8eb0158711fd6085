import type { BoundExpr } from '../bound.ts';
import { conjunctsOf } from '../normalize/conjuncts.ts';
import { chainOf, exprKey } from '../normalize/expr-key.ts';
import { columnsRejectedBy, strictColumns } from '../normalize/null-rejecting.ts';
import type { TypeScope } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
import type { Constraint } from './constraints.ts';
import { constraintOf } from './constraints.ts';
import type { Equalities } from './equalities.ts';
import { equalitiesOf } from './equalities.ts';
import { intersect, isSubset } from './intervals.ts';
import { prefixOf } from './prefixes.ts';

/** What is known of a row: conditions that are true on it, and columns that are never NULL. */
export interface Premises {
  readonly conditions: readonly BoundExpr[];
  readonly equalities: Equalities;
  /** Keys of the conditions. */
  readonly keys: ReadonlySet<string>;
  readonly constraints: ReadonlyMap<string, Constraint>;
  /** Class names of columns that are not NULL. */
  readonly notNull: ReadonlySet<string>;
  readonly scope: TypeScope;
}

export interface PremiseParts {
  readonly conditions: readonly BoundExpr[];
  readonly scope: TypeScope;
  /** `occurrence.column` of columns known not to be NULL on every row. */
  readonly notNull: readonly string[];
}

/** Most of what is known is never asked for, so each part is made when it is. */
export function premisesOf({ conditions, scope, notNull }: PremiseParts): Premises {
  const equalities = equalitiesOf(conditions, scope);
  let keys: Premises['keys'] | undefined;
  let constraints: Premises['constraints'] | undefined;
  let sure: Premises['notNull'] | undefined;
  return {
    conditions,
    equalities,
    get keys() {
      keys ??= new Set(conditions.map((condition) => exprKey(condition, equalities.nameOf)));
      return keys;
    },
    get constraints() {
      constraints ??= constraintsOf(conditions, { scope, equalities });
      return constraints;
    },
    get notNull() {
      sure ??= notNullOf({ conditions, notNull }, equalities);
      return sure;
    },
    scope,
  };
}

function constraintsOf(
  conditions: readonly BoundExpr[],
  scope: { readonly scope: TypeScope; readonly equalities: Equalities },
): ReadonlyMap<string, Constraint> {
  const constraints = new Map<string, Constraint>();
  for (const condition of conditions) {
    const constraint = constraintOf(condition, scope);
    if (constraint !== undefined) {
      const before = constraints.get(constraint.key)?.values;
      const both = before === undefined ? constraint.values : intersect(before, constraint.values);
      // Nothing left would prove everything; a collation may still let rows through, so the first stands.
      constraints.set(constraint.key, {
        key: constraint.key,
        values: both.length === 0 && before !== undefined ? before : both,
      });
    }
  }
  return constraints;
}

function notNullOf(
  { conditions, notNull }: Pick<PremiseParts, 'conditions' | 'notNull'>,
  equalities: Equalities,
): ReadonlySet<string> {
  const rejected = conditions.flatMap((condition) => [...columnsRejectedBy(condition)]);
  return new Set([...rejected, ...notNull].map((name) => classOf(name, equalities)));
}

function classOf(name: string, equalities: Equalities): string {
  const dot = name.indexOf('.');
  return equalities.nameOf({
    kind: 'ref',
    occ: Number(name.slice(0, dot)),
    column: name.slice(dot + 1),
  });
}

/** True when the condition is surely true on every row where the premises hold. */
export function implies(premises: Premises, condition: BoundExpr): boolean {
  return (
    premises.keys.has(exprKey(condition, premises.equalities.nameOf)) ||
    impliedBySides(premises, condition) ||
    impliedByConstraint(premises, condition) ||
    impliedByPrefix(premises, condition) ||
    impliedByCases(premises, condition)
  );
}

function impliedBySides(premises: Premises, condition: BoundExpr): boolean {
  if (condition.kind === 'is' && condition.test === 'null' && condition.negated) {
    return isNotNull(premises, condition.operand);
  }
  if (condition.kind !== 'binary') {
    return false;
  }
  if (condition.op === 'and') {
    return conjunctsOf(condition).every((part) => implies(premises, part));
  }
  if (condition.op === 'or') {
    return chainOf(condition, 'or').some((part) => implies(premises, part));
  }
  const { left, right } = condition;
  if (condition.op === 'is not distinct from') {
    return implies(premises, { ...condition, op: '=' });
  }
  if (condition.op === '=' || condition.op === '<=' || condition.op === '>=') {
    const isSame =
      left.kind === 'ref' &&
      right.kind === 'ref' &&
      premises.equalities.nameOf(left) === premises.equalities.nameOf(right) &&
      // NaN is not equal to itself everywhere.
      familyOf(typeOf(left, premises.scope)) !== 'float';
    if (isSame) {
      return isNotNull(premises, left);
    }
  }
  return false;
}

/** True when the expression is surely not NULL: a column that is not, or an expression of such that only NULLs make NULL. */
export function isNotNull(premises: Premises, expr: BoundExpr): boolean {
  if (expr.kind === 'literal') {
    return expr.type !== 'null';
  }
  if (expr.kind === 'ref') {
    return premises.notNull.has(premises.equalities.nameOf(expr));
  }
  if (expr.kind === 'call' && expr.name === 'coalesce') {
    return expr.args.some((argument) => isNotNull(premises, argument));
  }
  const isArithmetic = expr.kind === 'binary' && ['+', '-', '*'].includes(expr.op);
  if (isArithmetic) {
    return isNotNull(premises, expr.left) && isNotNull(premises, expr.right);
  }
  return expr.kind === 'unary' && strictColumns(expr).size > 0 && isNotNull(premises, expr.operand);
}

function impliedByConstraint(premises: Premises, condition: BoundExpr): boolean {
  const { scope, equalities } = premises;
  const wanted = constraintOf(condition, { scope, equalities });
  if (wanted === undefined) {
    return false;
  }
  const known = premises.constraints.get(wanted.key);
  return known !== undefined && isSubset(known.values, wanted.values);
}

/** What begins with `abc`, or is one of such texts, begins with `ab`. */
function impliedByPrefix(premises: Premises, condition: BoundExpr): boolean {
  const wanted = prefixOf(condition);
  if (wanted === undefined) {
    return false;
  }
  const { nameOf } = premises.equalities;
  const key = exprKey(wanted.of, nameOf);
  const values = premises.constraints.get(key)?.values ?? [];
  const isListed =
    values.length > 0 &&
    values.every(
      ({ low, high }) =>
        typeof low?.at === 'string' && low.at === high?.at && low.at.startsWith(wanted.prefix),
    );
  return (
    (isListed && familyOf(typeOf(wanted.of, premises.scope)) === 'text') ||
    premises.conditions.some((premise) => {
      const known = prefixOf(premise);
      return (
        known !== undefined &&
        known.prefix.startsWith(wanted.prefix) &&
        exprKey(known.of, nameOf) === key
      );
    })
  );
}

/** A premise `p or q` implies what both `p` and `q` imply. */
function impliedByCases(premises: Premises, condition: BoundExpr): boolean {
  return premises.conditions.some((premise) => {
    const cases = chainOf(premise, 'or');
    const others = premises.conditions.filter((other) => other !== premise);
    return (
      cases.length > 1 &&
      cases.length <= 8 &&
      cases.every((each) =>
        impliesPlainly(
          premisesOf({
            conditions: [
              ...others.filter((other) => chainOf(other, 'or').length === 1),
              ...conjunctsOf(each),
            ],
            scope: premises.scope,
            notNull: [],
          }),
          condition,
        ),
      )
    );
  });
}

function impliesPlainly(premises: Premises, condition: BoundExpr): boolean {
  return (
    premises.keys.has(exprKey(condition, premises.equalities.nameOf)) ||
    impliedBySides(premises, condition) ||
    impliedByConstraint(premises, condition)
  );
}
