import { CLOSE, COMMA, isPunctuation, OPEN, type Tokens } from '../../sql/tokens.ts';

export function startOf(tokens: Tokens, index: number): number {
  return tokens.starts[index] ?? tokens.sql.length;
}

export function endOf(tokens: Tokens, index: number): number {
  return tokens.ends[index] ?? tokens.sql.length;
}

/** The token that closes the bracket at `open`; the count of tokens where none does. */
export function closingOf(tokens: Tokens, open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.count; index += 1) {
    depth += isPunctuation(tokens, index, OPEN) ? 1 : 0;
    depth -= isPunctuation(tokens, index, CLOSE) ? 1 : 0;
    if (depth === 0) {
      return index;
    }
  }
  return tokens.count;
}

/** The texts between the commas of the brackets that open at `open`. */
export function argumentsOf(tokens: Tokens, open: number): readonly string[] {
  const close = closingOf(tokens, open);
  const texts: string[] = [];
  let start = endOf(tokens, open);
  for (let index = open + 1; index < close; index += 1) {
    if (isPunctuation(tokens, index, OPEN)) {
      index = closingOf(tokens, index);
    } else if (isPunctuation(tokens, index, COMMA)) {
      texts.push(tokens.sql.slice(start, startOf(tokens, index)).trim());
      start = endOf(tokens, index);
    }
  }
  return [...texts, tokens.sql.slice(start, startOf(tokens, close)).trim()];
}
