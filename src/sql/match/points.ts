import type { BoundExpr } from '../bound.ts';
import type { TypeFamily } from './column-types.ts';
import type { Decimal, Point } from './intervals.ts';

/** The point a constant is in the domain of a type, if it is surely that. */
export function pointOf(expr: BoundExpr, family: TypeFamily): Point | undefined {
  if (family === 'integer' || family === 'decimal') {
    return numberOf(expr);
  }
  if (family === 'float') {
    const value = numberOf(expr);
    return value !== undefined && String(value.digits).length <= 15 ? value : undefined;
  }
  if (family === 'date') {
    return dateOf(expr);
  }
  if (family === 'timestamp') {
    return timestampOf(expr);
  }
  if (family === 'text') {
    return expr.kind === 'literal' && expr.type === 'string' ? expr.text : undefined;
  }
  if (family === 'boolean') {
    return expr.kind === 'literal' && expr.type === 'boolean' ? expr.text.toLowerCase() : undefined;
  }
  return undefined;
}

function numberOf(expr: BoundExpr): Decimal | undefined {
  if (expr.kind === 'unary' && expr.op === '-') {
    const value = numberOf(expr.operand);
    return value === undefined ? undefined : { ...value, digits: -value.digits };
  }
  if (expr.kind === 'binary') {
    return sumOf(expr);
  }
  if (expr.kind !== 'literal' || expr.type !== 'number') {
    return undefined;
  }
  const match = /^([-+]?)(\d*)(?:\.(\d*))?$/.exec(expr.text);
  const [, sign = '', before = '', after = ''] = match ?? [];
  if (match === null || before + after === '') {
    return undefined;
  }
  const digits = BigInt(before + after);
  return { digits: sign === '-' ? -digits : digits, scale: after.length };
}

/** Sums and differences of whole literals, as people write them: `1 + 1`. */
function sumOf({ op, left, right }: Extract<BoundExpr, { kind: 'binary' }>): Decimal | undefined {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a?.scale !== 0 || b?.scale !== 0 || (op !== '+' && op !== '-')) {
    return undefined;
  }
  return { digits: op === '+' ? a.digits + b.digits : a.digits - b.digits, scale: 0 };
}

/** The text inside a date or timestamp literal, a cast of a string to one, or a bare string. */
function momentText(expr: BoundExpr): string | undefined {
  if (expr.kind === 'literal') {
    return ['string', 'date', 'timestamp'].includes(expr.type) ? expr.text.trim() : undefined;
  }
  const castsMoment = expr.kind === 'cast' && ['date', 'timestamp', 'datetime'].includes(expr.type);
  return castsMoment && expr.operand.kind === 'literal' && expr.operand.type === 'string'
    ? expr.operand.text.trim()
    : undefined;
}

function dateOf(expr: BoundExpr): Point | undefined {
  const text = momentText(expr);
  return text !== undefined && isDate(text) ? text : undefined;
}

export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}

/** `YYYY-MM-DD HH:MM:SS.ffffff`, so that texts order as moments do. */
function timestampOf(expr: BoundExpr): Point | undefined {
  const text = momentText(expr);
  if (text === undefined) {
    return undefined;
  }
  if (expr.kind === 'cast' && expr.type === 'date' && !isDate(text)) {
    return undefined;
  }
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?$/.exec(
    text,
  );
  const [, day = '', hour = '00', minute = '00', second = '00', fraction = ''] = match ?? [];
  if (
    match === null ||
    !isDate(day) ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 59
  ) {
    return undefined;
  }
  return `${day} ${hour}:${minute}:${second}.${fraction.padEnd(6, '0')}`;
}
