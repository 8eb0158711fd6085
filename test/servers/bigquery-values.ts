import {
  DuckDBBlobValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';

export interface WireField {
  readonly name: string;
  readonly type: string;
  readonly mode: 'NULLABLE' | 'REPEATED';
  readonly fields?: readonly WireField[];
}

const TYPES: Partial<Record<DuckDBTypeId, string>> = {
  [DuckDBTypeId.BOOLEAN]: 'BOOLEAN',
  [DuckDBTypeId.FLOAT]: 'FLOAT',
  [DuckDBTypeId.DOUBLE]: 'FLOAT',
  [DuckDBTypeId.DECIMAL]: 'NUMERIC',
  [DuckDBTypeId.DATE]: 'DATE',
  [DuckDBTypeId.TIME]: 'TIME',
  [DuckDBTypeId.TIMESTAMP]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'TIMESTAMP',
  [DuckDBTypeId.BLOB]: 'BYTES',
  [DuckDBTypeId.VARCHAR]: 'STRING',
  [DuckDBTypeId.SQLNULL]: 'INTEGER',
  [DuckDBTypeId.STRUCT]: 'RECORD',
  [DuckDBTypeId.INTERVAL]: 'INTERVAL',
};

/** A column as the service's schema names it; every integer is one of 64 bits. */
export function fieldOf(name: string, type: DuckDBType): WireField {
  if (type.typeId === DuckDBTypeId.LIST && 'valueType' in type) {
    return { ...fieldOf(name, type.valueType as DuckDBType), mode: 'REPEATED' };
  }
  const kind = type.alias === 'JSON' ? 'JSON' : (TYPES[type.typeId] ?? 'INTEGER');
  if (kind === 'RECORD' && 'entryNames' in type && 'entryTypes' in type) {
    const types = type.entryTypes as readonly DuckDBType[];
    const names = type.entryNames as readonly string[];
    const fields = types.map((entry, at) => fieldOf(names[at] ?? '', entry));
    return { name, type: kind, mode: 'NULLABLE', fields };
  }
  return { name, type: kind, mode: 'NULLABLE' };
}

/** Everything goes over the wire as text, nested as `{f: [{v}]}`; times of a zone as microseconds. */
export function wireRow(values: readonly DuckDBValue[]): unknown {
  return { f: values.map((value) => ({ v: wireValue(value) })) };
}

function wireValue(value: DuckDBValue): unknown {
  if (value === null) {
    return null;
  }
  if (value instanceof DuckDBListValue) {
    return value.items.map((item) => ({ v: wireValue(item) }));
  }
  if (value instanceof DuckDBStructValue) {
    return wireRow(Object.values(value.entries));
  }
  if (value instanceof DuckDBTimestampTZValue) {
    return value.micros.toString();
  }
  if (value instanceof DuckDBBlobValue) {
    return Buffer.from(value.bytes).toString('base64');
  }
  const text = String(value);
  return /^\d{4}-\d\d-\d\d \d\d:/.test(text) && typeof value !== 'string'
    ? text.replace(' ', 'T')
    : text;
}
