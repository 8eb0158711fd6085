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
const CHAINS = new Set(
  ['and', 'or', 'not', 'union', 'intersect', 'except', 'minus', 'join', 'like', 'is'].map(keyword),
);

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
      } else if (CHAINS.has(code)) {
        operators += 1;
      }
    }
    deepest = depth > deepest ? depth : deepest;
  }
  return { operators, depth: deepest };
}
