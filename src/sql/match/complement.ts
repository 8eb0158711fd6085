import type { BoundExpr } from '../bound.ts';
import { familyOf, typeOf } from './column-types.ts';
import type { Premises } from './implies.ts';
import { isNotNull } from './implies.ts';

/**
 * The condition that is true just on the rows where not all of the given ones are: those where one is false or NULL.
 * `asked`: what is known of all rows meant, so that a column that is not NULL is not asked for it.
 */
export function complementOf(
  conditions: readonly BoundExpr[],
  asked: Premises,
): BoundExpr | undefined {
  const [first, ...more] = conditions.map((condition) => notTrue(condition, asked));
  return first === undefined
    ? undefined
    : more.reduce<BoundExpr>((left, right) => ({ kind: 'binary', op: 'or', left, right }), first);
}

/** A comparison is turned where its values are in one order; anything else is asked whether it is true. */
function notTrue(condition: BoundExpr, asked: Premises): BoundExpr {
  if (condition.kind === 'is') {
    return { ...condition, negated: !condition.negated };
  }
  const isNotTrue: BoundExpr = { kind: 'is', operand: condition, test: 'true', negated: true };
  if (condition.kind === 'in-list') {
    return condition.list.every(isPlainLiteral)
      ? orNull({ ...condition, negated: !condition.negated }, { of: condition.operand, asked })
      : isNotTrue;
  }
  if (condition.kind !== 'binary' || !isPlainLiteral(condition.right)) {
    return isNotTrue;
  }
  const turned = TURNED.get(condition.op);
  const family = familyOf(typeOf(condition.left, asked.scope));
  return turned === undefined || !TOTALLY_ORDERED.has(family)
    ? isNotTrue
    : orNull({ ...condition, op: turned }, { of: condition.left, asked });
}

const TURNED: ReadonlyMap<string, string> = new Map([
  ['=', '<>'],
  ['<>', '='],
  ['<', '>='],
  ['<=', '>'],
  ['>', '<='],
  ['>=', '<'],
]);

/** Floating-point numbers are not: what is not below NaN need not be above it. */
const TOTALLY_ORDERED: ReadonlySet<string> = new Set([
  'integer',
  'decimal',
  'date',
  'timestamp',
  'text',
]);

/** A constant that is surely not NULL. */
function isPlainLiteral(expr: BoundExpr): boolean {
  if (expr.kind === 'literal') {
    return expr.type !== 'null';
  }
  const isSigned = expr.kind === 'unary' && expr.op === '-';
  return (isSigned || (expr.kind === 'cast' && !expr.safe)) && isPlainLiteral(expr.operand);
}

function orNull(
  condition: BoundExpr,
  { of, asked }: { readonly of: BoundExpr; readonly asked: Premises },
): BoundExpr {
  if (isNotNull(asked, of)) {
    return condition;
  }
  const isNull: BoundExpr = { kind: 'is', operand: of, test: 'null', negated: false };
  return { kind: 'binary', op: 'or', left: condition, right: isNull };
}
