import type { Expr } from '../ir.ts';

/** The position (from 1) a plain integer stands for in GROUP BY or ORDER BY. */
export function ordinalOf(expr: Expr): number | undefined {
  const isInteger = expr.kind === 'literal' && expr.type === 'number' && /^[0-9]+$/.test(expr.text);
  return isInteger ? Number(expr.text) : undefined;
}
