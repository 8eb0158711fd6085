const LONGEST = 160;

/**
 * A grammar's refusal fit to be stored and shown: one line, lower case at its start, and without
 * what stood in quotes or was a number, for a text's literals stay at home.
 */
export function plainRefusal(message: string): string {
  const plain = message
    .replaceAll(/\s+/g, ' ')
    .replaceAll(
      /found: (?:[a-z]{0,2}['"$].*|\d.*?)( at line: \d+, column: \d+)?$/gi,
      'found: a literal$1',
    )
    .replaceAll(/'(?:[^']|'')*'?|"[^"]*"?/g, '...')
    .replaceAll(/(?<!(?:line|column):? )\b\d[\w.]*/gi, '...');
  const short = plain.length > LONGEST ? `${plain.slice(0, LONGEST)}...` : plain;
  return short.charAt(0).toLowerCase() + short.slice(1);
}
