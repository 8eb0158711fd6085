import { DOT, isPunctuation, QUOTED, type Tokens, tokenText, WORD } from '../sql/tokens.ts';

/** In lower case; empty where no unquoted word stands there. */
export function wordAt(tokens: Tokens, at: number): string {
  return at >= 0 && at < tokens.count && tokens.kinds[at] === WORD
    ? tokenText(tokens, at).toLowerCase()
    : '';
}

export function isIdentifier(tokens: Tokens, at: number): boolean {
  return at < tokens.count && (tokens.kinds[at] === WORD || tokens.kinds[at] === QUOTED);
}

/** Place of the last name of `a.b.c`. */
export function endOfPath(tokens: Tokens, at: number): number {
  let last = at;
  while (isPunctuation(tokens, last + 1, DOT) && isIdentifier(tokens, last + 2)) {
    last += 2;
  }
  return last;
}

/** Its names without quotes, outermost first. */
export function pathAt(
  tokens: Tokens,
  { at, last }: { readonly at: number; readonly last: number },
): readonly string[] {
  const path: string[] = [];
  for (let part = at; part <= last; part += 2) {
    path.push(bare(tokens, part));
  }
  return path;
}

/** A name as written, without its quotes. */
export function bare(tokens: Tokens, at: number): string {
  const text = tokenText(tokens, at);
  const quote = text[0] ?? '';
  return tokens.kinds[at] === QUOTED ? text.slice(1, -1).replaceAll(quote + quote, quote) : text;
}
