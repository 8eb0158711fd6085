import type { Tokens } from './tokens.ts';
import { CLOSE, CLOSE_BRACKET, OPEN, OPEN_BRACKET, PUNCTUATION } from './tokens.ts';

/** For each opening bracket the index of its closing one; what never closes, and every other token, has the count of tokens. */
export function bracketPairs(tokens: Tokens): readonly number[] {
  const { count, kinds, codes } = tokens;
  const closers: number[] = [];
  const open: number[] = [];
  for (let index = 0; index < count; index += 1) {
    closers.push(count);
    if (kinds[index] !== PUNCTUATION) {
      continue;
    }
    const code = codes[index];
    if (code === OPEN || code === OPEN_BRACKET) {
      open.push(index);
    } else if (code === CLOSE || code === CLOSE_BRACKET) {
      const opener = open.pop();
      if (opener !== undefined) {
        closers[opener] = index;
      }
    }
  }
  return closers;
}
