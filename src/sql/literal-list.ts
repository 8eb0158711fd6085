import { bracketPairs } from './bracket-pairs.ts';
import { keyword } from './keywords.ts';
import type { Tokens } from './tokens.ts';
import {
  CLOSE,
  CLOSE_BRACKET,
  COMMA,
  DOUBLE_COLON,
  isPunctuation,
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
/** What may stand between literals. */
const FRAME = new Set([OPEN, CLOSE, OPEN_BRACKET, CLOSE_BRACKET, COMMA]);
const TYPED = new Set(
  ['date', 'time', 'timestamp', 'timestamptz', 'datetime', 'interval'].map(keyword),
);

/** The lists of literals of one text: asked bracket by bracket from left to right, linear over the whole text. */
export interface LiteralLists {
  /**
   * The index after the bracket that closes the list opened at `open`, where nothing but literals, parameters and
   * tuples or arrays of them stand in it; -1 for any other list, and for an empty one.
   */
  endOf(open: number): number;
  /** As `endOf`, over the rows of a VALUES list: `(1, 'a'), (2, 'b')`. */
  endOfRows(open: number): number;
}

export function literalLists(tokens: Tokens): LiteralLists {
  let closers: readonly number[] | undefined;
  /** The last token found that no list of literals holds: every bracket around it is answered at once. */
  let stranger = -1;

  function endOf(open: number): number {
    closers ??= bracketPairs(tokens);
    const close = closers[open] ?? tokens.count;
    if (close === tokens.count || (open < stranger && stranger < close)) {
      return -1;
    }
    let values = 0;
    for (let index = open; index < close; index += 1) {
      const step = stepAt(tokens, index);
      if (step === 'stranger') {
        stranger = index;
        return -1;
      }
      values += step === 'value' ? 1 : 0;
      index += step === 'cast' ? 1 : 0;
    }
    return values === 0 ? -1 : close + 1;
  }

  return {
    endOf,
    endOfRows(open) {
      let end = endOf(open);
      for (let next = end; next !== -1; ) {
        end = next;
        const isRow = isPunctuation(tokens, next, COMMA) && isPunctuation(tokens, next + 1, OPEN);
        next = isRow ? endOf(next + 1) : -1;
      }
      return end;
    },
  };
}

function stepAt(tokens: Tokens, index: number): 'value' | 'cast' | 'frame' | 'stranger' {
  const kind = tokens.kinds[index];
  const code = tokens.codes[index] ?? 0;
  if (kind === STRING || kind === NUMBER || kind === PARAMETER) {
    return 'value';
  }
  if (kind === WORD) {
    if (CONSTANTS.has(code)) {
      return 'value';
    }
    return TYPED.has(code) && tokens.kinds[index + 1] === STRING ? 'frame' : 'stranger';
  }
  if (kind !== PUNCTUATION) {
    return 'stranger';
  }
  if (code === DOUBLE_COLON && tokens.kinds[index + 1] === WORD) {
    return 'cast';
  }
  if (code === PLUS || code === MINUS) {
    return isSign(tokens, index) ? 'frame' : 'stranger';
  }
  return FRAME.has(code) ? 'frame' : 'stranger';
}

/** Before the first thing of a list or member; between two values it is arithmetic. */
function isSign(tokens: Tokens, index: number): boolean {
  return [OPEN, OPEN_BRACKET, COMMA].some((code) => isPunctuation(tokens, index - 1, code));
}
