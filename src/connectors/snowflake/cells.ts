import type { Column } from 'snowflake-sdk';
import type { Cell } from '../connector.ts';

/** Asked of the driver as texts, so that no digit is lost. */
export const AS_TEXT = ['Number', 'Buffer', 'JSON'] as const;

/** The driver's moments know more than a `Date` does. */
interface Moment extends Date {
  getNanoSeconds?(): number;
}

/** Whole numbers up to nine digits are numbers; wider ones and decimals stay texts. */
const NUMBER_DIGITS = 9;

/** How values of a column become cells. */
export function cellReader(column: Column): (value: unknown) => Cell {
  const type = column.getType().toLowerCase();
  if (type === 'fixed') {
    const isSmall = column.getScale() === 0 && column.getPrecision() <= NUMBER_DIGITS;
    return nullableNumber((value) => (isSmall ? Number(value) : textOf(value)));
  }
  if (type === 'real') {
    return nullableNumber((value) => numberOrName(textOf(value)));
  }
  if (type === 'date') {
    return nullable((value) => (value as Date).toISOString().slice(0, 10));
  }
  if (type === 'timestamp_ntz') {
    return nullable((value) => isoOf(value as Moment));
  }
  if (type.startsWith('timestamp')) {
    return nullable((value) => `${isoOf(value as Moment)}Z`);
  }
  return nullable((value) => (typeof value === 'boolean' ? value : textOf(value)));
}

/** As SQL writes the type. */
export function typeOf(column: Column): string {
  const type = column.getType().toLowerCase();
  switch (type) {
    case 'fixed':
      return `NUMBER(${column.getPrecision()},${column.getScale()})`;
    case 'text':
      return 'VARCHAR';
    case 'real':
      return 'FLOAT';
    default:
      return type.toUpperCase();
  }
}

function nullable(read: (value: unknown) => Cell): (value: unknown) => Cell {
  return (value) => (value === null || value === undefined ? null : read(value));
}

/** Another user of the driver in this process may have it write missing numbers as a word. */
function nullableNumber(read: (value: unknown) => Cell): (value: unknown) => Cell {
  return nullable((value) => (value === 'NULL' ? null : read(value)));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** To the nanosecond, without trailing zeros. */
function isoOf(moment: Moment): string {
  const seconds = new Date(Math.floor(moment.getTime() / 1000) * 1000).toISOString().slice(0, 19);
  const nanos = moment.getNanoSeconds?.() ?? 0;
  const fraction = String(nanos).padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? seconds : `${seconds}.${fraction}`;
}

/** JSON has neither not-a-number nor the infinities. */
function numberOrName(text: string): Cell {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}
