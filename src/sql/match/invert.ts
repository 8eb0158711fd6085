import type { BoundExpr } from '../bound.ts';
import type { Ref } from '../normalize/walk.ts';
import type { TypeScope } from './column-types.ts';
import { typeOf } from './column-types.ts';
import type { MartOutput } from './mart-output.ts';

/** A column, and what it is computed by from a mart's column that holds it moved by a whole number. */
export interface Inverse {
  readonly ref: Ref;
  readonly expr: BoundExpr;
}

/** Types whose sums with small whole numbers are of the same type, so that taking the number off again gives the value. */
const WHOLE = /^(int|integer|bigint|int4|int8|int64|long)$/;
const MOST_DIGITS = 9;

/**
 * `x` from a column that holds `x + 1`: the mart could be built, so the sum did not overflow, and whole numbers are exact.
 */
export function inverseOf({ expr, column }: MartOutput, scope: TypeScope): Inverse | undefined {
  if (expr.kind === 'unary' && expr.op === '-') {
    return inverted(expr.operand, { expr: { ...expr, operand: column }, scope });
  }
  if (expr.kind !== 'binary' || (expr.op !== '+' && expr.op !== '-')) {
    return undefined;
  }
  const { op, left, right } = expr;
  if (isWhole(right)) {
    const back = op === '+' ? '-' : '+';
    return inverted(left, { expr: { kind: 'binary', op: back, left: column, right }, scope });
  }
  if (!isWhole(left)) {
    return undefined;
  }
  const back: BoundExpr =
    op === '+'
      ? { kind: 'binary', op: '-', left: column, right: left }
      : { kind: 'binary', op: '-', left, right: column };
  return inverted(right, { expr: back, scope });
}

function inverted(
  ref: BoundExpr,
  { expr, scope }: { readonly expr: BoundExpr; readonly scope: TypeScope },
): Inverse | undefined {
  return ref.kind === 'ref' && WHOLE.test(typeOf(ref, scope) ?? '') ? { ref, expr } : undefined;
}

function isWhole(expr: BoundExpr): boolean {
  return (
    expr.kind === 'literal' &&
    expr.type === 'number' &&
    /^\d+$/.test(expr.text) &&
    expr.text.length <= MOST_DIGITS
  );
}
