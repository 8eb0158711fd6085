import type { BoundExpr } from '../bound.ts';
import type { NameRef } from '../normalize/expr-key.ts';
import { exprKey } from '../normalize/expr-key.ts';
import type { TypeScope } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
import { pointOf } from './constraints.ts';
import type { MartOutput } from './mart-output.ts';

/** Calendar units, each of whose spans is a whole number of spans of the units listed for it. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  second: ['second'],
  minute: ['second', 'minute'],
  hour: ['second', 'minute', 'hour'],
  day: ['second', 'minute', 'hour', 'day'],
  week: ['second', 'minute', 'hour', 'day', 'week'],
  month: ['second', 'minute', 'hour', 'day', 'month'],
  quarter: ['second', 'minute', 'hour', 'day', 'month', 'quarter'],
  year: ['second', 'minute', 'hour', 'day', 'month', 'quarter', 'year'],
};

/** Parts of a date, with the unit that settles them. */
const PARTS: Readonly<Record<string, string>> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  week: 'week',
  day: 'day',
  dayofmonth: 'day',
  dayofweek: 'day',
  dayofyear: 'day',
  dow: 'day',
  doy: 'day',
  isodow: 'day',
  hour: 'hour',
  minute: 'minute',
};

/** Functions that name the unit last, as a bare word. */
const TRUNCATES_LAST = new Set(['date_trunc', 'timestamp_trunc', 'datetime_trunc']);

interface Truncation {
  readonly unit: string;
  /** The date or timestamp that is truncated. */
  readonly of: BoundExpr;
  readonly form: 'trunc' | 'cast' | 'part';
}

export interface DateParts {
  readonly outputs: readonly MartOutput[];
  readonly nameOf: NameRef;
  readonly scope: TypeScope;
}

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

interface Finer {
  readonly column: BoundExpr;
  readonly truncation: Truncation;
}

function finerOutput(
  wanted: { readonly unit: string; readonly of: BoundExpr },
  { outputs, nameOf, scope }: DateParts,
): Finer | undefined {
  if (!isPlainMoment(wanted.of, scope)) {
    return undefined;
  }
  const key = exprKey(wanted.of, nameOf);
  for (const output of outputs) {
    const truncation = truncationOf(output.expr);
    const isFiner =
      truncation !== undefined &&
      truncation.form !== 'part' &&
      exprKey(truncation.of, nameOf) === key &&
      MADE_OF[wanted.unit]?.includes(truncation.unit) === true;
    if (isFiner) {
      return { column: output.column, truncation };
    }
  }
  return undefined;
}

function isPlainMoment(expr: BoundExpr, scope: TypeScope): boolean {
  const family = familyOf(typeOf(expr, scope));
  return family === 'date' || family === 'timestamp';
}

function truncationOf(expr: BoundExpr): Truncation | undefined {
  if (expr.kind === 'cast' && expr.type === 'date' && !expr.safe) {
    return { unit: 'day', of: expr.operand, form: 'cast' };
  }
  if (expr.kind === 'extract') {
    const unit = PARTS[expr.part.toLowerCase()];
    return unit === undefined ? undefined : { unit, of: expr.from, form: 'part' };
  }
  if (expr.kind !== 'call' || expr.over !== undefined || expr.modifiers.length > 0) {
    return undefined;
  }
  const [first, second] = expr.args;
  if (expr.name === 'date_trunc' && first?.kind === 'literal' && expr.args.length === 2) {
    const unit = first.text.toLowerCase();
    return second !== undefined && Object.hasOwn(MADE_OF, unit)
      ? { unit, of: second, form: 'trunc' }
      : undefined;
  }
  if (TRUNCATES_LAST.has(expr.name) && second?.kind === 'literal' && second.type === 'other') {
    const unit = second.text;
    return first !== undefined && expr.args.length === 2 && Object.hasOwn(MADE_OF, unit)
      ? { unit, of: first, form: 'trunc' }
      : undefined;
  }
  if (first === undefined || second !== undefined || !Object.hasOwn(PARTS, expr.name)) {
    return undefined;
  }
  const unit = PARTS[expr.name];
  return unit === undefined ? undefined : { unit, of: first, form: 'part' };
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

/** `x >= '2025-01-01'` on the day the mart holds instead of `x`, where the literal begins a day. */
function coverBoundary(expr: BoundExpr, parts: DateParts): BoundExpr | undefined {
  if (expr.kind !== 'binary' || (expr.op !== '<' && expr.op !== '>=')) {
    return undefined;
  }
  const family = familyOf(typeOf(expr.left, parts.scope));
  if (family !== 'date' && family !== 'timestamp') {
    return undefined;
  }
  const at = pointOf(expr.right, family);
  const unit = typeof at === 'string' ? boundaryUnit(at) : undefined;
  const finer = unit === undefined ? undefined : finerOutput({ unit, of: expr.left }, parts);
  return finer === undefined || typeof at !== 'string'
    ? undefined
    : {
        ...expr,
        left: finer.column,
        right: { kind: 'literal', type: 'date', text: at.slice(0, 10) },
      };
}

/** The coarsest unit the moment begins, among those the comparison may be moved to. */
function boundaryUnit(at: string): string | undefined {
  const day = at.slice(0, 10);
  const time = at.slice(10).trim();
  if (time !== '' && time !== '00:00:00.000000') {
    return undefined;
  }
  if (!day.endsWith('-01')) {
    return 'day';
  }
  return day.endsWith('-01-01') ? 'year' : 'month';
}
