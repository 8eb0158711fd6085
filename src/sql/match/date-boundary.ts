import { DAY_MS } from '../../base/clock.ts';
import type { BoundExpr } from '../bound.ts';
import type { TypeFamily } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
import { pointOf } from './points.ts';
import type { DateParts } from './truncation.ts';
import { finerOutput } from './truncation.ts';

type Comparison = Extract<BoundExpr, { kind: 'binary' }>;

/**
 * `x >= '2025-01-01'` on the day, or the month, the mart holds instead of `x`, where the bound begins one. Days are
 * whole, so that `d <= '2025-01-31'` asks for the days before the first of February.
 */
export function coverBoundary(expr: BoundExpr, parts: DateParts): BoundExpr | undefined {
  if (expr.kind !== 'binary' || !OPS.has(expr.op)) {
    return undefined;
  }
  const family = familyOf(typeOf(expr.left, parts.scope));
  const bound = boundOf(expr, family);
  const unit = bound === undefined ? undefined : boundaryUnit(bound.at);
  if (bound === undefined || unit === undefined) {
    return undefined;
  }
  const finer = finerOutput({ unit, of: expr.left }, parts);
  const isWholeDay = !SMALLER_THAN_DAYS.has(unit);
  return finer === undefined
    ? undefined
    : {
        ...expr,
        op: bound.op,
        left: finer.column,
        right: {
          kind: 'literal',
          type: isWholeDay ? 'date' : 'timestamp',
          text: bound.at.slice(0, isWholeDay ? 10 : 19),
        },
      };
}

const OPS = new Set(['<', '>=', '<=', '>']);
const SMALLER_THAN_DAYS = new Set(['hour', 'minute', 'second']);

/** The comparison as one with the beginning of a span: `<` or `>=`. */
function boundOf(
  { op, right }: Comparison,
  family: TypeFamily,
): { readonly op: string; readonly at: string } | undefined {
  if (family !== 'date' && family !== 'timestamp') {
    return undefined;
  }
  const at = pointOf(right, family);
  if (typeof at !== 'string') {
    return undefined;
  }
  if (op === '<' || op === '>=') {
    return { op, at };
  }
  const next = family === 'date' ? dayAfter(at) : undefined;
  return next === undefined ? undefined : { op: op === '<=' ? '<' : '>=', at: next };
}

function dayAfter(day: string): string | undefined {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  return /^\d{4}-/.test(next) ? next : undefined;
}

/** The coarsest unit the moment begins, among those the comparison may be moved to. */
function boundaryUnit(at: string): string | undefined {
  const [, month = '', day = '', hour = '', minute = '', second = '', fraction = ''] =
    /^\d{4}-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)\.(\d{6}))?$/.exec(at) ?? [];
  const isZero = (text: string): boolean => !/[1-9]/.test(text);
  if (!isZero(fraction) || day === '') {
    return undefined;
  }
  const time = [
    ['second', second],
    ['minute', minute],
    ['hour', hour],
  ] as const;
  const smaller = time.find(([, text]) => !isZero(text));
  if (smaller !== undefined) {
    return smaller[0];
  }
  if (day !== '01') {
    return 'day';
  }
  if (month === '01') {
    return 'year';
  }
  return ['04', '07', '10'].includes(month) ? 'quarter' : 'month';
}
