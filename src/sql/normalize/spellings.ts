import type { BoundExpr } from '../bound.ts';

/** Names of one type in every dialect that knows both. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['int', 'integer'],
  ['int4', 'integer'],
  ['int2', 'smallint'],
  ['int8', 'bigint'],
  ['float4', 'real'],
  ['float8', 'double precision'],
  ['double', 'double precision'],
  ['bool', 'boolean'],
  ['decimal', 'numeric'],
  ['dec', 'numeric'],
  ['character varying', 'varchar'],
]);

/** A type by one name: readers tell `int`, `int4` and `integer` of the same text. */
export function typeKey(type: string): string {
  const zoned = /^timestamptz(\(\d+\))?(.*)$/.exec(type);
  if (zoned !== null) {
    return `timestamp${zoned[1] ?? ''} with time zone${zoned[2] ?? ''}`;
  }
  const name = /^[a-z][a-z0-9 ]*/.exec(type)?.[0].trimEnd() ?? '';
  const known = TYPES.get(name);
  return known === undefined ? type : `${known}${type.slice(name.length)}`;
}

const UNITS = new Set(
  'microsecond millisecond second minute hour day week month quarter year'.split(' '),
);

/**
 * A plain interval as a whole number and its unit, however it is written: `interval '3 months'`, `interval '3' month`,
 * `interval 3 month`. Undefined for any other.
 */
export function plainInterval({
  amount,
  unit = '',
}: Extract<BoundExpr, { readonly kind: 'interval' }>): string | undefined {
  if (amount.kind !== 'literal' || (amount.type !== 'string' && amount.type !== 'number')) {
    return undefined;
  }
  const match = /^\s*([-+]?\d{1,9})\s*([a-z]*)\s*$/i.exec(amount.text);
  const words = [unit, match?.[2] ?? ''].filter((word) => word !== '');
  const word = words[0]?.toLowerCase().replace(/s$/, '') ?? '';
  return match === null || words.length !== 1 || !UNITS.has(word)
    ? undefined
    : `${Number(match[1])} ${word}`;
}
