import { keyword } from './keywords.ts';
import type { Tokens } from './tokens.ts';
import {
  CLOSE,
  CLOSE_BRACKET,
  COMMA,
  DOT,
  OPEN,
  OPEN_BRACKET,
  PUNCTUATION,
  SEMICOLON,
  WORD,
} from './tokens.ts';

const CASE = keyword('case');
const END = keyword('end');
/** 1 for keywords that chain, by their number. */
const CHAINS = new Uint8Array(256);
for (const word of [
  'and',
  'or',
  'not',
  'union',
  'intersect',
  'except',
  'minus',
  'join',
  'like',
  'is',
]) {
  CHAINS[keyword(word)] = 1;
}

/** How long its operator chains and how deep its nesting can be at most; keyword `end` closes a CASE. */
export function measureTokens(tokens: Tokens): { operators: number; depth: number } {
  let operators = 0;
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < tokens.count; index += 1) {
    const kind = tokens.kinds[index];
    const code = tokens.codes[index] ?? 0;
    if (kind === PUNCTUATION) {
      if (code === OPEN || code === OPEN_BRACKET) {
        depth += 1;
      } else if (code === CLOSE || code === CLOSE_BRACKET) {
        depth -= 1;
      } else if (code !== COMMA && code !== DOT && code !== SEMICOLON) {
        operators += 1;
      }
    } else if (kind === WORD && code !== 0) {
      if (code === CASE) {
        depth += 1;
      } else if (code === END) {
        depth -= 1;
      } else if (CHAINS[code] === 1) {
        operators += 1;
      }
    }
    deepest = depth > deepest ? depth : deepest;
  }
  return { operators, depth: deepest };
}
