import {
  DuckDBArrayValue,
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  type DuckDBValue,
  DuckDBVariantValue,
} from '@duckdb/node-api';
import type { Cell } from '../connector.ts';

/**
 * A chunk's rows as cells.
 *
 * Integers of 64 bits and more, decimals, intervals, blobs, uuids are DuckDB's text; dates and times are ISO 8601 with
 * `T` (zoned ones in UTC with `Z`); NaN and the infinities are text, since JSON has none.
 */
export function rowsOfChunk(chunk: DuckDBDataChunk): Cell[][] {
  const { columnCount, rowCount } = chunk;
  const rows: Cell[][] = Array.from({ length: rowCount }, () =>
    Array.from({ length: columnCount }, () => null),
  );
  for (let column = 0; column < columnCount; column += 1) {
    const vector = chunk.getColumnVector(column);
    for (const [index, row] of rows.entries()) {
      row[column] = toCell(vector.getItem(index) as DuckDBValue);
    }
  }
  return rows;
}

/** One DuckDB value as a cell. */
export function toCell(value: DuckDBValue | undefined): Cell {
  if (value === null || value === undefined) {
    return null;
  }
  if (typeof value === 'string' || typeof value === 'boolean') {
    return value;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : String(value);
  }
  return typeof value === 'bigint' ? value.toString() : objectToCell(value);
}

type ObjectValue = Exclude<DuckDBValue, string | number | bigint | boolean | null>;

function objectToCell(value: ObjectValue): Cell {
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return value.items.map(toCell);
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(
      Object.entries(value.entries).map(([field, member]) => [field, toCell(member)]),
    );
  }
  if (value instanceof DuckDBMapValue) {
    return value.entries.map(({ key, value: member }) => ({
      key: toCell(key),
      value: toCell(member),
    }));
  }
  if (value instanceof DuckDBUnionValue) {
    return { tag: value.tag, value: toCell(value.value) };
  }
  if (value instanceof DuckDBVariantValue) {
    return toCell(value.value);
  }
  if (value instanceof DuckDBTimestampTZValue) {
    const inUtc = isoOf(new DuckDBTimestampValue(value.micros).toString());
    return inUtc.endsWith('infinity') ? inUtc : `${inUtc}Z`;
  }
  if (value instanceof DuckDBDateValue) {
    return textOfDate(value);
  }
  if (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  ) {
    return isoOf(value.toString());
  }
  return value.toString();
}

/** DuckDB writes `2024-01-31 10:00:00`; only the first blank, so that `... BC` stays. */
function isoOf(text: string): string {
  return text.replace(' ', 'T');
}

function textOfDate(value: DuckDBDateValue): string {
  if (value.days === DuckDBDateValue.PosInf.days) {
    return 'infinity';
  }
  return value.days === DuckDBDateValue.NegInf.days ? '-infinity' : value.toString();
}
