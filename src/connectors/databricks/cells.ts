import type { Cell } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';

/** A column of a result as the protocol tells its type. */
export interface WireColumn {
  readonly columnName: string;
  readonly typeDesc: {
    readonly types: readonly {
      readonly primitiveEntry?: {
        readonly type: number;
        readonly typeQualifiers?: {
          readonly qualifiers: Readonly<Record<string, { readonly i32Value?: number }>>;
        };
      };
    }[];
  };
}

/** By the protocol's number; what is not listed is text. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'boolean',
  1: 'tinyint',
  2: 'smallint',
  3: 'int',
  4: 'bigint',
  5: 'float',
  6: 'double',
  7: 'string',
  8: 'timestamp',
  9: 'binary',
  10: 'array',
  11: 'map',
  12: 'struct',
  15: 'decimal',
  16: 'void',
  17: 'date',
};

/** The type's name with its modifiers, as the warehouse writes it: `decimal(12,2)`. */
export function typeName({ typeDesc }: WireColumn): string {
  const entry = typeDesc.types[0]?.primitiveEntry;
  const name = NAMES[entry?.type ?? 7] ?? 'string';
  const { precision, scale } = entry?.typeQualifiers?.qualifiers ?? {};
  return name === 'decimal' && precision?.i32Value !== undefined
    ? `decimal(${precision.i32Value},${scale?.i32Value ?? 0})`
    : name;
}

/**
 * A value as the driver hands it over, as a cell: 64-bit integers and decimals are text, dates and times ISO 8601 in UTC.
 *
 * Raises CONNECTOR_UNKNOWN where the driver has lost digits already: a wrong value is worse than none.
 */
export function cellOf(
  value: unknown,
  { type, name }: { readonly type: string; readonly name: string },
): Cell {
  if (value === null || value === undefined) {
    return null;
  }
  if (type === 'bigint') {
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) {
      return value.toString();
    }
    throw lost(name, 'an integer of 64 bits');
  }
  if (type.startsWith('decimal')) {
    if (typeof value === 'string') {
      return value;
    }
    throw lost(name, 'a decimal');
  }
  if (type === 'date') {
    return dateOf(value);
  }
  if (type === 'timestamp') {
    if (typeof value === 'string') {
      return value
        .replace(' ', 'T')
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');
    }
    throw lost(name, 'the microseconds of a time');
  }
  return plain(value);
}

function lost(name: string, what: string): ConnectorError {
  const addition = `${what} came without all its digits; cast it to string`;
  return new ConnectorError('CONNECTOR_UNKNOWN', name, { addition });
}

function dateOf(value: unknown): Cell {
  if (value instanceof Date || typeof value === 'number') {
    return new Date(value).toISOString().slice(0, 10);
  }
  return plain(value);
}

function plain(value: unknown): Cell {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : String(value);
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) {
    return value;
  }
  if (Buffer.isBuffer(value)) {
    return value.toString('hex');
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return typeof value === 'bigint' ? value.toString() : null;
}
