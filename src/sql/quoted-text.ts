/** A note of an adapter without what it quotes from the statement: `unexpected 'x'` becomes `unexpected ?`. */
export function withoutQuotedText(note: string): string {
  return note.replaceAll(/'(?:[^']|'')*'?/g, '?');
}
