import type { Cell, QueryResult } from '../connectors/connector.ts';

/** The one row of a result that has exactly one by construction, e.g. an aggregate without GROUP BY. */
export function onlyRow(result: QueryResult): readonly Cell[] {
  return result.rows[0] ?? [];
}

/** A count or measure as a number; NULL and absent cells count as 0. Warehouses send wide integers as text. */
export function numberCell(cell: Cell | undefined): number {
  return cell === null || cell === undefined ? 0 : Number(cell);
}

/** A cell as text for comparing and storing; `undefined` for NULL. */
export function textCell(cell: Cell | undefined): string | undefined {
  if (cell === null || cell === undefined) {
    return undefined;
  }
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

/** A whole number as text, however many decimals the warehouse writes behind it; `0` where it is NULL. */
export function wholeText(value: Cell | undefined): string {
  return (textCell(value ?? null) ?? '0').replace(/\.0*$/, '');
}
