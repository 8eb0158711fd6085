import type { BoundExpr } from '../bound.ts';
import type { Call } from '../normalize/walk.ts';
import { countOf } from './calls.ts';

/** An aggregate over the rows a CASE takes: `sum(case when c then x else 0 end)`. */
export interface Conditional {
  readonly condition: BoundExpr;
  /** The aggregate of the rows where the condition holds. */
  readonly plain: Call;
  /** What a sum adds for every other row; absent where such rows do not count. */
  readonly otherwise?: BoundExpr;
}

/** Aggregates that pass over NULLs, so a CASE without ELSE takes rows as a FILTER does. */
const PASSES_OVER_NULLS =
  /^(count|sum|avg|mean|min|max|bool_and|bool_or|bit_and|bit_or|bit_xor|var(iance|_samp|_pop)|stddev(_samp|_pop)?)$/;

/** The condition and the rest of a conditional aggregate; nothing where it is not one. */
export function conditionalOf(call: Call): Conditional | undefined {
  const [argument, ...more] = call.args;
  if (
    argument?.kind !== 'case' ||
    more.length > 0 ||
    argument.operand !== undefined ||
    argument.whens.length !== 1 ||
    call.distinct ||
    call.filter !== undefined ||
    !PASSES_OVER_NULLS.test(call.name)
  ) {
    return undefined;
  }
  const [arm] = argument.whens;
  const { otherwise } = argument;
  if (arm === undefined) {
    return undefined;
  }
  const condition = arm.when;
  if (otherwise === undefined || isNull(otherwise)) {
    return { condition, plain: { ...call, args: [arm.then] } };
  }
  if (call.name !== 'sum' || !isNumber(otherwise, '0')) {
    return undefined;
  }
  return {
    condition,
    plain: isNumber(arm.then, '1') ? countOf(undefined) : { ...call, args: [arm.then] },
    otherwise,
  };
}

function isNull(expr: BoundExpr): boolean {
  return expr.kind === 'literal' && expr.type === 'null';
}

function isNumber(expr: BoundExpr, text: string): boolean {
  return expr.kind === 'literal' && expr.type === 'number' && expr.text === text;
}
