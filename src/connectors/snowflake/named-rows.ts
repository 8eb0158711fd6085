import { cellText } from '../cell-text.ts';
import type { QueryResult } from '../connector.ts';

/** A row's cell under that name, as text. */
export type NamedRow = (column: string) => string;

/** Rows by column name: SHOW has columns we do not ask for, in an order of its own. */
export function namedRows({ columns, rows }: QueryResult): readonly NamedRow[] {
  const places = new Map(columns.map(({ name }, at) => [name, at]));
  return rows.map((row) => (column) => cellText(row[places.get(column) ?? -1]));
}
