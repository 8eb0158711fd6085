import type { AnswerRows } from './scratch-database.ts';

/** True when both hold the same rows, each as often. */
export function equalAsMultisets(
  rows: AnswerRows,
  { other, approximate }: { readonly other: AnswerRows; readonly approximate: boolean },
): boolean {
  return (
    rows.length === other.length &&
    contentOf(rows, { approximate }) === contentOf(other, { approximate })
  );
}

/** Equal texts, equal multisets of rows. Approximate: floating-point numbers to nine digits. */
export function contentOf(
  rows: AnswerRows,
  { approximate }: { readonly approximate: boolean },
): string {
  return rows
    .map((row) => JSON.stringify(approximate ? row.map(rounded) : row))
    .toSorted()
    .join('\n');
}

/** Numbers of other types than floating-point are told as texts, in quotes. */
function rounded(value: string | null): string | null {
  return value !== null && /^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(value)
    ? Number(value).toPrecision(9)
    : value;
}
