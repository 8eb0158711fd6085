import type { LexicalRules } from './dialect.ts';
import {
  endOfComment,
  endOfNumber,
  endOfPrefixedString,
  endOfString,
  startsFraction,
} from './scan.ts';

/**
 * What is cut out of a sketch. Cuts that begin in another way are of another kind, so that what stands around a cut is read
 * alike with any other cut of its kind in its place.
 */
const CUT_NUMBER = 1;
/** A number that begins with its point. */
const CUT_FRACTION = 2;
const CUT_STRING = 3;
const CUT_DOUBLE_QUOTED = 4;
/** Strings such as `r'..'`. */
const CUT_PREFIXED = 5;
const CUT_PREFIXED_DOUBLE_QUOTED = 6;
/** Of two dashes; this kind and all after it are comments. */
const CUT_DASHES = 7;
const CUT_BLOCK = 8;
const CUT_SLASHES = 9;
const CUT_HASH = 10;

const KIND_BITS = 4;

/** A literal or comment: its kind, and where it ends. In one number, as one is made for every literal of every text. */
export type Cut = number;

/** Where there is nothing to cut. */
export const NO_CUT: Cut = 0;

export function kindOfCut(cut: Cut): number {
  return cut & ((1 << KIND_BITS) - 1);
}

export function endOfCut(cut: Cut): number {
  return cut >> KIND_BITS;
}

export function isNumber(kind: number): boolean {
  return kind <= CUT_FRACTION;
}

export function isComment(kind: number): boolean {
  return kind >= CUT_DASHES;
}

/**
 * The literal or comment that begins at this place, where a token may begin, as the lexer ends it. Texts must be shorter
 * than 2^27 characters.
 */
export function cutFrom(sql: string, at: number, lexical: LexicalRules): Cut {
  const code = sql.charCodeAt(at);
  if (code >= 48 && code <= 57) {
    return cutOf(CUT_NUMBER, endOfNumber(sql, at, lexical.numberSuffixes));
  }
  if (code === 39) {
    return cutOf(CUT_STRING, endOfText(sql, at, lexical));
  }
  if (code === 34) {
    return lexical.stringQuotes.includes('"')
      ? cutOf(CUT_DOUBLE_QUOTED, endOfText(sql, at, lexical))
      : NO_CUT;
  }
  if (code === 46) {
    return startsFraction(sql, at)
      ? cutOf(CUT_FRACTION, endOfNumber(sql, at, lexical.numberSuffixes))
      : NO_CUT;
  }
  if (code === 45 || code === 47 || code === 35) {
    const end = endOfComment(sql, at, lexical);
    return end === -1 ? NO_CUT : cutOf(commentKind(sql, at), end);
  }
  return prefixedFrom(sql, at, lexical);
}

function cutOf(kind: number, end: number): Cut {
  return (end << KIND_BITS) | kind;
}

function commentKind(sql: string, at: number): number {
  switch (sql.charCodeAt(at)) {
    case 45:
      return CUT_DASHES;
    case 35:
      return CUT_HASH;
    default:
      return sql.charCodeAt(at + 1) === 42 ? CUT_BLOCK : CUT_SLASHES;
  }
}

/** A string with one of the dialect's prefixes; a word of three letters and more is none. */
function prefixedFrom(sql: string, start: number, lexical: LexicalRules): Cut {
  let end = start;
  while (end < start + 3 && isLetter(sql.charCodeAt(end))) {
    end += 1;
  }
  const close = end === start ? -1 : endOfPrefixedString(sql, { start, end, lexical });
  if (close === -1) {
    return NO_CUT;
  }
  const quote = sql.charCodeAt(sql.charCodeAt(end) === 38 ? end + 1 : end);
  return cutOf(quote === 34 ? CUT_PREFIXED_DOUBLE_QUOTED : CUT_PREFIXED, close);
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122;
}

/** Most strings end at the next quote: a loop of our own is faster than the search for what could escape it. */
function endOfText(sql: string, at: number, lexical: LexicalRules): number {
  const quote = sql.charCodeAt(at);
  const escapes = lexical.backslashEscapes;
  for (let end = at + 1; end < sql.length; end += 1) {
    const code = sql.charCodeAt(end);
    if (code === quote && sql.charCodeAt(end + 1) !== quote) {
      return end + 1;
    }
    if (code === quote || (code === 92 && escapes)) {
      break;
    }
  }
  return endOfString(sql, at, { lexical, escapes });
}
