import type { DialectName } from '../../sql/dialect.ts';

/** Types that letters after a number stand for in Spark. */
const SUFFIXES = new Map([
  ['l', 'bigint'],
  ['s', 'smallint'],
  ['y', 'tinyint'],
  ['f', 'float'],
  ['d', 'double'],
  ['bd', 'decimal'],
]);

const WITH_HEX: ReadonlySet<DialectName> = new Set(['postgres', 'bigquery', 'redshift']);

/** A number the library reads whole: null as it is, undefined where there is no other spelling. */
export function plainNumber(text: string, dialect: DialectName): string | null | undefined {
  if (/^\d*\.?\d*$/.test(text) || /^[\d.]+e[+-]?\d+$/i.test(text)) {
    return null;
  }
  if (/^0[xob]/i.test(text)) {
    return hexNumber(text, dialect);
  }
  if (text.includes('_')) {
    const digits = text.replaceAll('_', '');
    return plainNumber(digits, dialect) === null ? digits : undefined;
  }
  const [, digits = '', suffix = ''] = /^([\d.]+(?:e[+-]?\d+)?)([a-z]+)$/i.exec(text) ?? [];
  const type = SUFFIXES.get(suffix.toLowerCase());
  return type === undefined || digits === '' ? undefined : `cast(${digits} as ${type})`;
}

/** `0x1F` is a number in some dialects and bytes in others, where the library reads it so. */
function hexNumber(text: string, dialect: DialectName): string | null | undefined {
  if (WITH_HEX.has(dialect)) {
    const digits = text.replaceAll('_', '');
    return /^0x[\da-f]+$|^0o[0-7]+$|^0b[01]+$/i.test(digits)
      ? BigInt(digits.toLowerCase()).toString()
      : undefined;
  }
  return (dialect === 'mysql' || dialect === 'trino') && /^0x/i.test(text) ? null : undefined;
}
