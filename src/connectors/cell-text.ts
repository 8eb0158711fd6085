import type { Cell } from './connector.ts';

/** A cell as text; empty for NULL and for what is not there. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) {
    return '';
  }
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
