/**
 * Uncompressed width of a row in bytes, from its columns' types: a rough measure that costs nothing to have. Storage caps and plans
 * count by it where the warehouse does not say what a table takes.
 */
export function bytesPerRow(columns: readonly { readonly type: string }[]): number {
  return columns.reduce((sum, { type }) => sum + widthOf(type), 0);
}

const WIDTHS: Readonly<Record<string, number>> = {
  BOOLEAN: 1,
  TINYINT: 1,
  UTINYINT: 1,
  SMALLINT: 2,
  USMALLINT: 2,
  INTEGER: 4,
  INT: 4,
  REAL: 4,
  UINTEGER: 4,
  FLOAT: 4,
  DATE: 4,
  ENUM: 2,
  BIGINT: 8,
  UBIGINT: 8,
  DOUBLE: 8,
  TIME: 8,
  TIMESTAMP: 8,
  DECIMAL: 8,
  NUMERIC: 8,
  HUGEINT: 16,
  UHUGEINT: 16,
  UUID: 16,
  INTERVAL: 16,
};

/** Text, blobs and nested values, whose length the type does not tell. */
const VARIABLE_WIDTH = 24;

function widthOf(type: string): number {
  if (type.endsWith(']')) {
    return VARIABLE_WIDTH;
  }
  const word = /^[A-Z]+/i.exec(type)?.[0].toUpperCase() ?? '';
  return WIDTHS[word] ?? VARIABLE_WIDTH;
}
