import type { BoundExpr } from '../bound.ts';
import { exprKey } from '../normalize/expr-key.ts';
import type { Call } from '../normalize/walk.ts';
import type { Premises } from './implies.ts';
import type { Outputs } from './mart-output.ts';

/** Aggregates that are NULL where there is no row; others may be 0. */
const NULL_OF_NO_ROWS =
  /^(sum|min|max|avg|mean|median|stddev(_samp|_pop)?|var(iance|_samp|_pop)|bool_(and|or)|quantile_(cont|disc))$/;

/** The mart's own value of an aggregate, where at most one of its rows is left: no row counts 0. */
export function onlyValue(
  call: Call,
  { outputs, premises }: { readonly outputs: Outputs; readonly premises: Premises },
): BoundExpr | undefined {
  const { nameOf } = premises.equalities;
  const key = exprKey(call, nameOf);
  const column = outputs.measures.find(({ expr }) => exprKey(expr, nameOf) === key)?.column;
  if (column === undefined || (call.name !== 'count' && !NULL_OF_NO_ROWS.test(call.name))) {
    return undefined;
  }
  const plain = { kind: 'call', distinct: false, orderBy: [], modifiers: [] } as const;
  const value: Call = { ...plain, name: 'max', args: [column] };
  const zero: BoundExpr = { kind: 'literal', type: 'number', text: '0' };
  return call.name === 'count' ? { ...plain, name: 'coalesce', args: [value, zero] } : value;
}
