import {
  BLANK,
  classesOf,
  DIGIT,
  isPlainWordCode,
  LETTER,
  NAME_QUOTE,
  STRING_QUOTE,
  WORD_PART,
  wideClass,
} from './character-classes.ts';
import type { LexicalRules } from './dialect.ts';
import { HASH_START, hashNext, isSpelled, keywordHashed } from './keywords.ts';
import { operatorAt } from './operators.ts';
import {
  endOfComment,
  endOfDollarQuote,
  endOfNumber,
  endOfPrefixedString,
  endOfQuoted,
  endOfString,
  startsFraction,
} from './scan.ts';
import { LOOKAHEAD, writeBytes } from './text-bytes.ts';
import type { Span, Tokens } from './tokens.ts';
import {
  CLOSE,
  CLOSE_BRACKET,
  NUMBER,
  PARAMETER,
  PUNCTUATION,
  QUOTED,
  STRING,
  WORD,
} from './tokens.ts';

/** The columns under work; longer texts get columns of their own. */
const scratch = columnsFor(16_384);

/** Characters that are never the beginning of a longer operator or a comment. */
const ALONE = setOf('(),;[]{}+');
/** Characters that can follow the first of an operator or of a comment's mark. */
const LONGER = setOf('~*>-/=|:!<@&^#.+%');
/** Operators that are one character where none of these follows; `.` may begin a number, `#` a comment. */
const SHORT = setOf('=<>*|^%&~!-/');

interface Columns {
  readonly kinds: Uint8Array;
  readonly codes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly bytes: Uint8Array;
}

/**
 * Cuts a text into tokens. Never throws, always ends: what is not closed reaches to the end of the text,
 * and characters no SQL knows become operators of their own. Time is linear in the length of the text.
 */
export function tokenize(sql: string, lexical: LexicalRules): Tokens {
  const tokens = tokenizeForNow(sql, lexical);
  const { count, comments } = tokens;
  return {
    sql,
    count,
    comments,
    kinds: tokens.kinds.slice(0, count),
    codes: tokens.codes.slice(0, count),
    starts: tokens.starts.slice(0, count),
    ends: tokens.ends.slice(0, count),
  };
}

/**
 * As `tokenize`, in columns that the next call of either overwrites: for one statement of millions that is read at once
 * and let go, where four allocations would cost as much as the reading.
 */
export function tokenizeForNow(sql: string, lexical: LexicalRules): Tokens {
  const classes = classesOf(lexical);
  const length = sql.length;
  const columns =
    length + LOOKAHEAD <= scratch.kinds.length ? scratch : columnsFor(length + LOOKAHEAD);
  const { kinds, codes, starts, ends, bytes } = columns;
  writeBytes(sql, bytes);
  const comments: Span[] = [];
  let count = 0;
  let at = 0;

  while (at < length) {
    const byte = bytes[at] ?? 0;
    const charClass = classes[byte] ?? 0;
    if (charClass === BLANK) {
      at += 1;
      continue;
    }

    starts[count] = at;
    codes[count] = 0;

    if (charClass === LETTER) {
      const start = at;
      let hash = HASH_START;
      for (let part = WORD_PART[byte] ?? 0; part !== 0; part = WORD_PART[bytes[at] ?? 0] ?? 0) {
        hash = hashNext(hash, part);
        at += 1;
      }
      const stringEnd = at - start <= 2 ? stringEndAt(sql, { start, end: at, bytes, lexical }) : -1;
      if (stringEnd !== -1) {
        kinds[count] = STRING;
        at = stringEnd;
      } else {
        kinds[count] = WORD;
        const id = keywordHashed(hash);
        codes[count] = id !== 0 && isSpelled(id, { bytes, start, end: at }) ? id : 0;
      }
    } else if (charClass === 0 && ALONE[byte] === 1) {
      kinds[count] = PUNCTUATION;
      codes[count] = byte;
      at += 1;
    } else if (charClass === 0 && SHORT[byte] === 1 && LONGER[bytes[at + 1] ?? 0] === 0) {
      kinds[count] = PUNCTUATION;
      codes[count] = byte;
      at += 1;
    } else if (charClass === DIGIT || (byte === 46 && startsFraction(sql, at))) {
      kinds[count] = NUMBER;
      const end = endOfDigits(bytes, at);
      const goesOn = WORD_PART[bytes[end] ?? 0] !== 0 || bytes[end] === 46;
      at = goesOn ? endOfNumber(sql, at, lexical.numberSuffixes) : end;
    } else if (charClass === STRING_QUOTE) {
      kinds[count] = STRING;
      at = endOfString(sql, at, { lexical, escapes: lexical.backslashEscapes });
    } else if (charClass === NAME_QUOTE) {
      kinds[count] = QUOTED;
      at = endOfQuoted(sql, at, byte === 91 ? 93 : byte);
    } else if (byte === 46) {
      kinds[count] = PUNCTUATION;
      codes[count] = byte;
      at += 1;
    } else {
      const commentEnd = endOfComment(sql, at, lexical);
      if (commentEnd !== -1) {
        comments.push({ start: at, end: commentEnd });
        at = commentEnd;
        continue;
      }
      at = special(sql, at, { code: byte, count, lexical, columns });
    }

    ends[count] = at;
    count += 1;
  }

  endInZeros(kinds, count);
  endInZeros(codes, count);
  return { sql, count, kinds, codes, starts, ends, comments, bytes };
}

/** So that looking a few tokens ahead needs no check. */
function endInZeros(column: Uint8Array, from: number): void {
  for (let at = from; at < from + LOOKAHEAD; at += 1) {
    column[at] = 0;
  }
}

function endOfDigits(bytes: Uint8Array, start: number): number {
  let end = start;
  for (let byte = bytes[end] ?? 0; byte >= 48 && byte <= 57; byte = bytes[end] ?? 0) {
    end += 1;
  }
  return end;
}

/** The end of the string whose prefix is the word at this place, else -1. */
function stringEndAt(
  sql: string,
  {
    start,
    end,
    bytes,
    lexical,
  }: {
    readonly start: number;
    readonly end: number;
    readonly bytes: Uint8Array;
    readonly lexical: LexicalRules;
  },
): number {
  const after = bytes[end];
  const mayPrefix = after === 39 || after === 34 || after === 38;
  return mayPrefix ? endOfPrefixedString(sql, { start, end, lexical }) : -1;
}

function setOf(characters: string): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) =>
    code < 128 && characters.includes(String.fromCharCode(code)) ? 1 : 0,
  );
}

function columnsFor(length: number): Columns {
  return {
    kinds: new Uint8Array(length),
    codes: new Uint8Array(length),
    starts: new Uint32Array(length),
    ends: new Uint32Array(length),
    bytes: new Uint8Array(length),
  };
}

interface Place {
  readonly code: number;
  readonly count: number;
  readonly lexical: LexicalRules;
  readonly columns: Columns;
}

/** A dollar quote, a parameter or an operator; writes kind and code, returns its end. */
function special(sql: string, at: number, { code, count, lexical, columns }: Place): number {
  const { kinds, codes } = columns;
  if (code === 36) {
    const quoteEnd = lexical.dollarQuotes ? endOfDollarQuote(sql, at) : -1;
    if (quoteEnd !== -1) {
      kinds[count] = STRING;
      return quoteEnd;
    }
    const end = endOfName(sql, at + 1);
    if (end > at + 1) {
      kinds[count] = lexical.dollarNames === true ? WORD : PARAMETER;
      return end;
    }
  }
  if (code === 63) {
    kinds[count] = PARAMETER;
    return at + 1;
  }
  if (code === 64 || (code === 58 && !closesOperand(columns, { at, count }))) {
    const first = sql.charCodeAt(at + 1) === code && code === 64 ? at + 2 : at + 1;
    const end = isDigit(sql, first) && code === 64 ? first : endOfName(sql, first);
    if (end > first) {
      kinds[count] = lexical.dollarNames === true && code === 64 ? WORD : PARAMETER;
      return end;
    }
  }
  const operator = operatorAt(sql, at);
  kinds[count] = PUNCTUATION;
  codes[count] = operator.code;
  return at + operator.length;
}

/** Whether the token before ends a value, so that a colon after it is a path or a cast, not a parameter. */
function closesOperand(
  { kinds, codes, ends }: Columns,
  { at, count }: { readonly at: number; readonly count: number },
): boolean {
  if (count === 0) {
    return false;
  }
  const kind = kinds[count - 1];
  if (kind === WORD) {
    return codes[count - 1] === 0 || ends[count - 1] === at;
  }
  if (kind === PUNCTUATION) {
    return codes[count - 1] === CLOSE || codes[count - 1] === CLOSE_BRACKET;
  }
  return true;
}

function endOfName(sql: string, start: number): number {
  let end = start;
  while (end < sql.length) {
    const code = sql.charCodeAt(end);
    const isPart = code < 128 ? isPlainWordCode(code) : wideClass(code) === LETTER;
    if (!isPart) {
      break;
    }
    end += 1;
  }
  return end;
}

function isDigit(sql: string, at: number): boolean {
  const code = sql.charCodeAt(at);
  return code >= 48 && code <= 57;
}
