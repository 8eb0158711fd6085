import { keyword } from './keywords.ts';
import type { Tokens } from './tokens.ts';
import { CLOSE, DOT, isKeyword, isPunctuation, OPEN } from './tokens.ts';

const FOR = keyword('for');
const IN = keyword('in');
const ON = keyword('on');

/**
 * The list of values a PIVOT makes columns of: after FOR and a name or a bracket, or (DuckDB) after ON and a name. A join
 * in the same text whose condition looks like it only keeps a little more.
 */
export function isPivoted(tokens: Tokens, index: number, hasPivot: boolean): boolean {
  if (!hasPivot || tokens.codes[index] !== OPEN || !isKeyword(tokens, index - 1, IN)) {
    return false;
  }
  let before = index - 2;
  if (isPunctuation(tokens, before, CLOSE)) {
    while (before > 0 && !isPunctuation(tokens, before, OPEN)) {
      before -= 1;
    }
    before -= 1;
  } else {
    before -= 1;
    while (isPunctuation(tokens, before, DOT)) {
      before -= 2;
    }
  }
  return isKeyword(tokens, before, FOR) || isKeyword(tokens, before, ON);
}
