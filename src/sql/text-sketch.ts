import type { LexicalRules } from './dialect.ts';
import type { Tokens } from './tokens.ts';
import { NUMBER, STRING } from './tokens.ts';

/** A string in plain single quotes. */
const CUT_STRING = 1;
/** A number of digits and at most one point. */
const CUT_NUMBER = 2;
export const CUT_COMMENT = 3;
/** A string in plain double quotes, where these are no names. */
const CUT_DOUBLE_QUOTED = 4;

/** A text with its plain literals and comments cut out, in columns that the next call overwrites. */
export interface TextSketch {
  /**
   * The text with a mark in the place of each cut. Where the cuts of one text are tokens of their own (`cutsAreTokens`),
   * every text of the same key has the same tokens but for what was cut.
   */
  readonly key: string;
  readonly sql: string;
  readonly count: number;
  readonly kinds: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Longer texts are seldom asked twice, and their keys would fill the memory that knows them. */
const LONGEST = 16_384;
const MOST_CUTS = 1024;

const kinds = new Uint8Array(MOST_CUTS);
const starts = new Uint32Array(MOST_CUTS);
const ends = new Uint32Array(MOST_CUTS);

/** No text without a NUL of its own can be mistaken for one of these. */
const MARKS = ['', '\0s', '\0n', '\0c', '\0d'];

const OTHER = 0;
const WORD_PART = 1;
const DIGIT = 2;
const QUOTE = 3;
const NAME_QUOTE = 4;
const DASH = 5;
const SLASH = 6;
const DOUBLE_QUOTE = 7;

const BY_CHARACTER: Readonly<Record<string, number>> = {
  "'": QUOTE,
  '"': DOUBLE_QUOTE,
  '`': NAME_QUOTE,
  '-': DASH,
  '/': SLASH,
};

const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_$]/.test(character)) {
    return WORD_PART;
  }
  if (/\d/.test(character)) {
    return DIGIT;
  }
  return BY_CHARACTER[character] ?? OTHER;
});

/**
 * Cuts out what most often differs between two executions of one template: a look at each character, several times as
 * fast as the tokens. Absent for texts that hold what dialects read in several ways.
 */
export function textSketch(
  sql: string,
  { stringQuotes }: Pick<LexicalRules, 'stringQuotes'>,
): TextSketch | undefined {
  const length = sql.length;
  if (length > LONGEST || sql.includes('\0')) {
    return undefined;
  }
  let key = '';
  let from = 0;
  let count = 0;
  let at = 0;
  while (at < length) {
    const charClass = classAt(sql, at);
    if (charClass === OTHER) {
      at += 1;
      continue;
    }
    if (charClass === WORD_PART) {
      at = endOfWord(sql, at + 1);
      continue;
    }
    let kind = 0;
    let end = at + 1;
    if (charClass === DIGIT) {
      end = endOfPlainNumber(sql, at);
      kind = CUT_NUMBER;
      if (end === -1) {
        at = endOfWord(sql, at + 1);
        continue;
      }
    } else if (charClass === QUOTE) {
      end = endOfPlainString(sql, at);
      kind = CUT_STRING;
    } else if (charClass === DOUBLE_QUOTE && stringQuotes.includes('"')) {
      end = endOfPlainString(sql, at);
      kind = CUT_DOUBLE_QUOTED;
    } else if (charClass === NAME_QUOTE || charClass === DOUBLE_QUOTE) {
      end = sql.indexOf(sql.charAt(at), at + 1) + 1;
      if (end !== 0) {
        at = end;
        continue;
      }
    } else if (charClass === DASH || charClass === SLASH) {
      end = endOfPlainComment(sql, at);
      kind = CUT_COMMENT;
      if (end === at) {
        at += 1;
        continue;
      }
    }
    if (end <= 0 || kind === 0 || count === MOST_CUTS) {
      return undefined;
    }
    kinds[count] = kind;
    starts[count] = at;
    ends[count] = end;
    count += 1;
    key += sql.slice(from, at) + (MARKS[kind] ?? '');
    from = end;
    at = end;
  }
  return { key: count === 0 ? sql : key + sql.slice(from), sql, count, kinds, starts, ends };
}

/** Whether each cut is a whole literal or comment to the lexer too, and no comment is left in the text. */
export function cutsAreTokens(sketch: TextSketch, tokens: Tokens): boolean {
  let token = 0;
  let comments = 0;
  for (let cut = 0; cut < sketch.count; cut += 1) {
    const start = sketch.starts[cut] ?? 0;
    const end = sketch.ends[cut] ?? 0;
    if (sketch.kinds[cut] === CUT_COMMENT) {
      const comment = tokens.comments[comments];
      if (comment?.start !== start || comment.end !== end) {
        return false;
      }
      comments += 1;
      continue;
    }
    token = tokenAt(tokens, { start, from: token });
    const kind = sketch.kinds[cut] === CUT_NUMBER ? NUMBER : STRING;
    if (
      tokens.kinds[token] !== kind ||
      tokens.starts[token] !== start ||
      tokens.ends[token] !== end
    ) {
      return false;
    }
  }
  return comments === tokens.comments.length;
}

/** The number of the cut that stands at this place of the text, -1 for none. */
export function cutAt({ count, starts: cuts }: TextSketch, start: number): number {
  for (let cut = 0; cut < count; cut += 1) {
    if (cuts[cut] === start) {
      return cut;
    }
  }
  return -1;
}

/** The first token that begins at this place or after it. */
function tokenAt(
  tokens: Tokens,
  { start, from }: { readonly start: number; readonly from: number },
): number {
  let token = from;
  while (token < tokens.count && (tokens.starts[token] ?? 0) < start) {
    token += 1;
  }
  return token;
}

function classAt(sql: string, at: number): number {
  const code = sql.charCodeAt(at);
  return code < 128 ? (CLASSES[code] ?? OTHER) : WORD_PART;
}

/** Beyond ASCII everything counts as a letter: what it is to the lexer stays in the key. */
function endOfWord(sql: string, from: number): number {
  let end = from;
  while (end < sql.length) {
    const charClass = classAt(sql, end);
    if (charClass !== WORD_PART && charClass !== DIGIT) {
      break;
    }
    end += 1;
  }
  return end;
}

/** Digits with at most one point among them, with nothing after them that could belong to the number; else -1. */
function endOfPlainNumber(sql: string, at: number): number {
  let end = endOfDigits(sql, at);
  if (sql.charCodeAt(end) === 46) {
    const fraction = endOfDigits(sql, end + 1);
    if (fraction === end + 1) {
      return -1;
    }
    end = fraction;
  }
  const after = end < sql.length ? classAt(sql, end) : OTHER;
  return after === WORD_PART || sql.charCodeAt(end) === 46 ? -1 : end;
}

function endOfDigits(sql: string, from: number): number {
  let end = from;
  while (end < sql.length && classAt(sql, end) === DIGIT) {
    end += 1;
  }
  return end;
}

/** Without such quotes or backslashes in it; -1 for others, and for one that does not end. */
function endOfPlainString(sql: string, at: number): number {
  const quote = sql.charCodeAt(at);
  for (let end = at + 1; end < sql.length; end += 1) {
    const code = sql.charCodeAt(end);
    if (code === 92) {
      return -1;
    }
    if (code === quote) {
      return sql.charCodeAt(end + 1) === quote ? -1 : end + 1;
    }
  }
  return -1;
}

/** A comment to every dialect; `at` where none begins, -1 where comments may nest or do not end. */
function endOfPlainComment(sql: string, at: number): number {
  const next = sql.charCodeAt(at + 1);
  if (sql.charCodeAt(at) === 45) {
    if (next !== 45) {
      return at;
    }
    const end = sql.indexOf('\n', at);
    return end === -1 ? sql.length : end;
  }
  if (next !== 42) {
    return at;
  }
  const close = sql.indexOf('*/', at + 2);
  if (close === -1) {
    return -1;
  }
  const inner = sql.indexOf('/*', at + 2);
  return inner !== -1 && inner < close + 1 ? -1 : close + 2;
}
