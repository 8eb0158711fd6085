import { DAY_MS } from '../../base/clock.ts';
import type { TypeFamily } from './column-types.ts';
import type { IntervalSet, Point } from './intervals.ts';

/** A span of time that a truncated moment stands for, its end not in it. */
interface Span {
  readonly from: Point;
  readonly to: Point;
}

export interface Truncated {
  readonly unit: string;
  readonly form: 'trunc' | 'cast' | 'part';
  /** What is compared with: a moment, or a year as a number. */
  readonly at: Point;
  /** The family of the moment that is truncated. */
  readonly family: TypeFamily;
}

/**
 * The moments whose truncation compares so: `date_trunc('month', d) = '2024-02-01'` is true of the days of February.
 * Nothing where the literal begins no such unit, or where the unit may begin elsewhere (weeks).
 */
export function momentsWhere(op: string, truncated: Truncated): IntervalSet | undefined {
  const span = spanOf(truncated);
  // The year of what lies beyond all dates is NULL in some engines, so open ranges of years are none of dates.
  if (span === undefined || (truncated.form === 'part' && op !== '=')) {
    return undefined;
  }
  const from = { at: span.from, closed: true };
  const [before, after] = [
    { at: span.from, closed: false },
    { at: span.to, closed: false },
  ];
  switch (op) {
    case '=':
      return [{ low: from, high: after }];
    case '<>':
      return [{ high: before }, { low: { at: span.to, closed: true } }];
    case '<':
      return [{ high: before }];
    case '<=':
      return [{ high: after }];
    case '>':
      return [{ low: { at: span.to, closed: true } }];
    case '>=':
      return [{ low: from }];
  }
  return undefined;
}

function spanOf({ unit, form, at, family }: Truncated): Span | undefined {
  const day = form === 'part' ? firstOfYear(unit, at) : beginning(at);
  const next = day === undefined ? undefined : nextAfter(day, unit);
  if (day === undefined || next === undefined) {
    return undefined;
  }
  return family === 'timestamp'
    ? { from: `${day}${MIDNIGHT}`, to: `${next}${MIDNIGHT}` }
    : { from: day, to: next };
}

const MIDNIGHT = ' 00:00:00.000000';

/** Only years order as the moments they are parts of. */
function firstOfYear(unit: string, at: Point): string | undefined {
  const isYear =
    unit === 'year' &&
    typeof at !== 'string' &&
    at.scale === 0 &&
    at.digits >= 1000n &&
    at.digits < 9999n;
  return isYear ? `${at.digits}-01-01` : undefined;
}

/** The day that a moment begins, if it begins one. */
function beginning(at: Point): string | undefined {
  if (typeof at !== 'string') {
    return undefined;
  }
  const time = at.slice(10);
  return time === '' || time === MIDNIGHT ? at.slice(0, 10) : undefined;
}

/** The first day after the unit that a day begins; nothing where it begins none. */
function nextAfter(day: string, unit: string): string | undefined {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  switch (unit) {
    case 'day':
      return dayText(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
    case 'month':
      return date === 1 ? dayText(Date.UTC(year, month, 1)) : undefined;
    case 'quarter':
      return date === 1 && month % 3 === 1 ? dayText(Date.UTC(year, month + 2, 1)) : undefined;
    case 'year':
      return date === 1 && month === 1 ? dayText(Date.UTC(year + 1, 0, 1)) : undefined;
  }
  return undefined;
}

function dayText(ms: number): string | undefined {
  const text = new Date(ms).toISOString().slice(0, 10);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined;
}

/** The literal's family that a truncation is compared in. */
export function comparedAs(form: Truncated['form'], family: TypeFamily): TypeFamily {
  if (form === 'part') {
    return 'integer';
  }
  return form === 'cast' ? 'date' : family;
}

/** True for the forms of a truncation that order as the moments they stand for. */
export function isRangeForm(form: string): form is Truncated['form'] {
  return form === 'trunc' || form === 'cast' || form === 'part';
}
