import {
  DuckDBDateValue,
  DuckDBDecimalType,
  DuckDBDecimalValue,
  type DuckDBResult,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  type JS,
} from '@duckdb/node-api';

export type WireRow = readonly (string | null)[];

export interface WireResult {
  readonly rowtype: readonly object[];
  readonly rows: readonly WireRow[];
  readonly changed: number;
}

/** A DuckDB result in Snowflake's JSON: every value a text, types told apart in `rowtype`. */
export async function wireResult(result: DuckDBResult): Promise<WireResult> {
  const types = result.columnTypes();
  const rowtype = result.columnNames().map((name, at) => wireType(name, types[at]));
  const rows: WireRow[] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) {
      return { rowtype, rows, changed: result.rowsChanged };
    }
    for (const row of chunk.getRows()) {
      rows.push(row.map(wireValue));
    }
  }
}

/** A result of our own making: all texts. */
export function textResult(names: readonly string[], rows: readonly WireRow[]): WireResult {
  const rowtype = names.map((name) => ({ ...common(name), type: 'text', ...TEXT }));
  return { rowtype, rows, changed: 0 };
}

const TEXT = { length: 16_777_216, byteLength: 16_777_216, precision: null, scale: null };
const INTEGERS = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
]);
const KINDS: Partial<Record<DuckDBTypeId, object>> = {
  [DuckDBTypeId.BOOLEAN]: { type: 'boolean', precision: null, scale: null },
  [DuckDBTypeId.DATE]: { type: 'date', precision: null, scale: null },
  [DuckDBTypeId.TIME]: { type: 'time', precision: 0, scale: 9 },
  [DuckDBTypeId.TIMESTAMP]: { type: 'timestamp_ntz', precision: 0, scale: 9 },
  [DuckDBTypeId.TIMESTAMP_TZ]: { type: 'timestamp_ltz', precision: 0, scale: 9 },
  [DuckDBTypeId.DOUBLE]: { type: 'real', precision: null, scale: null },
  [DuckDBTypeId.FLOAT]: { type: 'real', precision: null, scale: null },
  [DuckDBTypeId.BLOB]: { type: 'binary', ...TEXT },
  [DuckDBTypeId.LIST]: { type: 'array', ...TEXT },
};

function common(name: string): object {
  return { name, nullable: true, database: '', schema: '', table: '' };
}

function wireType(name: string, type: DuckDBType | undefined): object {
  if (type instanceof DuckDBDecimalType) {
    return { ...common(name), type: 'fixed', precision: type.width, scale: type.scale };
  }
  const id = type?.typeId ?? DuckDBTypeId.VARCHAR;
  const kind = INTEGERS.has(id)
    ? { type: 'fixed', precision: 38, scale: 0 }
    : (KINDS[id] ?? { type: 'text', ...TEXT });
  return { ...common(name), ...kind };
}

function wireValue(value: DuckDBValue | JS): string | null {
  if (value === null || value === undefined) {
    return null;
  }
  if (typeof value === 'boolean') {
    return value ? '1' : '0';
  }
  if (value instanceof DuckDBDateValue) {
    return String(value.days);
  }
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return secondsOf(value.micros);
  }
  if (value instanceof DuckDBTimeValue) {
    return secondsOf(value.micros);
  }
  if (value instanceof DuckDBDecimalValue) {
    return value.toString();
  }
  return typeof value === 'string' ? value : `${value as number}`;
}

/** Seconds with nine digits; before 1970 the whole number is negative, fraction included. */
function secondsOf(micros: bigint): string {
  const sign = micros < 0n ? '-' : '';
  const absolute = micros < 0n ? -micros : micros;
  const fraction = String(absolute % 1_000_000n).padStart(6, '0');
  return `${sign}${absolute / 1_000_000n}.${fraction}000`;
}
