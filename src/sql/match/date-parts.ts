import type { BoundExpr } from '../bound.ts';
import type { TypeScope } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
import { coverBoundary } from './date-boundary.ts';
import type { DateParts, Finer, Truncation } from './truncation.ts';
import { finerOutput, truncationOf } from './truncation.ts';

/**
 * A coarser date computed from a finer one the mart holds: the month from the day, the year from the month.
 * Only for plain DATE and TIMESTAMP, whose units do not move with a session's time zone.
 */
export function coverDatePart(expr: BoundExpr, parts: DateParts): BoundExpr | undefined {
  const wanted = truncationOf(expr);
  if (wanted === undefined) {
    return coverBoundary(expr, parts);
  }
  const finer = finerOutput(wanted, parts);
  return finer === undefined ? undefined : rebuild(expr, { wanted, finer, scope: parts.scope });
}

function rebuild(
  expr: BoundExpr,
  {
    wanted,
    finer,
    scope,
  }: { readonly wanted: Truncation; readonly finer: Finer; readonly scope: TypeScope },
): BoundExpr | undefined {
  const original = familyOf(typeOf(wanted.of, scope));
  const lostTime = finer.truncation.form === 'cast' && original === 'timestamp';
  const moment: BoundExpr =
    lostTime && wanted.form === 'trunc'
      ? { kind: 'cast', operand: finer.column, type: 'timestamp', safe: false }
      : finer.column;
  if (expr.kind === 'cast') {
    return { ...expr, operand: moment };
  }
  if (expr.kind === 'extract') {
    return { ...expr, from: moment };
  }
  if (expr.kind !== 'call') {
    return undefined;
  }
  const isMoment = (arg: BoundExpr): boolean => arg === wanted.of;
  return { ...expr, args: expr.args.map((arg) => (isMoment(arg) ? moment : arg)) };
}
