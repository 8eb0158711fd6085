/** The value of a SQL literal's text as text, e.g. `'it''s'` as `it's`; `null` for NULL. */
export function rawText(literal: string): string | null {
  if (literal === 'NULL') {
    return null;
  }
  return literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal;
}
