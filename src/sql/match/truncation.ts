import type { BoundExpr } from '../bound.ts';
import type { NameRef } from '../normalize/expr-key.ts';
import { exprKey } from '../normalize/expr-key.ts';
import type { TypeScope } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
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
  last_day: 'month',
  monthname: 'month',
  decade: 'year',
  century: 'year',
  // When weeks begin, and which is a year's first, is no one rule.
  week: 'day',
  weekofyear: 'day',
  isoyear: 'day',
  day: 'day',
  dayname: 'day',
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

export interface Truncation {
  readonly unit: string;
  /** The date or timestamp that is truncated. */
  readonly of: BoundExpr;
  readonly form: 'trunc' | 'cast' | 'part';
}

/** Where a coarser date is looked for. */
export interface DateParts {
  readonly outputs: readonly MartOutput[];
  readonly nameOf: NameRef;
  readonly scope: TypeScope;
}

/** A column that holds a finer date. */
export interface Finer {
  readonly column: BoundExpr;
  readonly truncation: Truncation;
}

export function finerOutput(
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

/** What an expression keeps of a date, if it is a part or the beginning of one. */
export function truncationOf(expr: BoundExpr): Truncation | undefined {
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
  if (FORMATS.has(expr.name) && first !== undefined && second !== undefined) {
    return formatOf(first, second) ?? formatOf(second, first);
  }
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

/** Functions that write a date by a format of `%` directives. */
const FORMATS = new Set(['strftime', 'date_format']);

/** Directives every dialect reads alike, with the unit that settles them. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: 'year',
  y: 'year',
  m: 'month',
  b: 'month',
  d: 'day',
  j: 'day',
  H: 'hour',
};

const FINEST_FIRST = ['hour', 'day', 'month', 'year'];

function formatOf(of: BoundExpr, format: BoundExpr): Truncation | undefined {
  if (format.kind !== 'literal' || format.type !== 'string') {
    return undefined;
  }
  const units = [...format.text.matchAll(/%(.)/g)].map(([, letter = '']) => DIRECTIVES[letter]);
  const unit = FINEST_FIRST.find((each) => units.includes(each));
  return unit === undefined || units.includes(undefined) ? undefined : { unit, of, form: 'part' };
}
