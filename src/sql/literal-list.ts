import { keyword } from './keywords.ts';
import type { Tokens } from './tokens.ts';
import {
  CLOSE,
  CLOSE_BRACKET,
  COMMA,
  DOUBLE_COLON,
  MINUS,
  NUMBER,
  OPEN,
  OPEN_BRACKET,
  PARAMETER,
  PLUS,
  PUNCTUATION,
  STRING,
  WORD,
} from './tokens.ts';

const CONSTANTS = new Set(['null', 'true', 'false'].map(keyword));
const TYPED = new Set(
  ['date', 'time', 'timestamp', 'timestamptz', 'datetime', 'interval'].map(keyword),
);

/**
 * The index after the bracket that closes the list opened at `open`, where nothing but literals, parameters and
 * tuples or arrays of them stand in it; -1 for any other list, and for an empty one.
 */
export function literalListEnd(tokens: Tokens, open: number): number {
  let depth = 0;
  let values = 0;
  for (let index = open; index < tokens.count; index += 1) {
    const kind = tokens.kinds[index];
    const code = tokens.codes[index] ?? 0;
    if (kind === STRING || kind === NUMBER || kind === PARAMETER) {
      values += 1;
      continue;
    }
    if (kind === WORD) {
      if (CONSTANTS.has(code)) {
        values += 1;
      } else if (!TYPED.has(code) || tokens.kinds[index + 1] !== STRING) {
        return -1;
      }
      continue;
    }
    if (kind !== PUNCTUATION) {
      return -1;
    }
    if (code === OPEN || code === OPEN_BRACKET) {
      depth += 1;
    } else if (code === CLOSE || code === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) {
        return values === 0 ? -1 : index + 1;
      }
    } else if (code === DOUBLE_COLON && tokens.kinds[index + 1] === WORD) {
      index += 1;
    } else if (code !== COMMA && code !== PLUS && code !== MINUS) {
      return -1;
    }
  }
  return -1;
}

/** As `literalListEnd`, over the rows of a VALUES list: `(1, 'a'), (2, 'b')`. */
export function literalRowsEnd(tokens: Tokens, open: number): number {
  let end = literalListEnd(tokens, open);
  for (let next = end; next !== -1; ) {
    end = next;
    const isComma = tokens.kinds[next] === PUNCTUATION && tokens.codes[next] === COMMA;
    const isRow = tokens.kinds[next + 1] === PUNCTUATION && tokens.codes[next + 1] === OPEN;
    next = isComma && isRow ? literalListEnd(tokens, next + 1) : -1;
  }
  return end;
}
