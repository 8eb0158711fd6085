import { BLANK, isPlainWordCode, wideClass } from './character-classes.ts';
import type { LexicalRules } from './dialect.ts';
import { endOfQuoted } from './scan.ts';
import { cutFrom, endOfCut, isComment, isNumber, kindOfCut, NO_CUT } from './sketch-cuts.ts';
import type { Tokens } from './tokens.ts';
import { NUMBER, STRING } from './tokens.ts';

/** Where the literals and comments of a text are, in columns that the next sketch overwrites. */
export interface TextCuts {
  readonly sql: string;
  readonly count: number;
  readonly kinds: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** A text with its literals and comments cut out. */
export interface TextSketch extends TextCuts {
  /**
   * The text with a mark in the place of each cut. Where the cuts of one text are tokens of their own (`cutsAreTokens`),
   * every text of the same key has the same tokens but for what was cut.
   */
  readonly key: string;
}

/** Longer texts are seldom asked twice, and their keys would fill the memory that knows them. */
export const LONGEST_SKETCHED = 16_384;
export const MOST_CUTS = 1024;

const kinds = new Uint8Array(MOST_CUTS);
const starts = new Uint32Array(MOST_CUTS);
const ends = new Uint32Array(MOST_CUTS);

/** No text without a NUL of its own can be mistaken for one of these. */
const MARKS = Array.from({ length: 16 }, (_, kind) => `\0${String.fromCharCode(97 + kind)}`);

const OTHER = 0;
const WORD_PART = 1;
const DIGIT = 2;
const NAME_QUOTE = 3;
const DOT = 4;
/** What may begin a literal or a comment. */
const OPENER = 5;

const classesByRules = new WeakMap<LexicalRules, Uint8Array>();

function sketchClassesOf(lexical: LexicalRules): Uint8Array {
  const known = classesByRules.get(lexical);
  if (known !== undefined) {
    return known;
  }
  const classes = Uint8Array.from({ length: 128 }, (_, code) => {
    const character = String.fromCharCode(code);
    if (/\d/.test(character)) {
      return DIGIT;
    }
    if (isPlainWordCode(code) || character === '$') {
      return WORD_PART;
    }
    if (lexical.stringQuotes.includes(character) || '-/#'.includes(character)) {
      return OPENER;
    }
    if (
      lexical.identifierQuotes.includes(character) ||
      (code === 91 && lexical.bracketIdentifiers)
    ) {
      return NAME_QUOTE;
    }
    return character === '.' ? DOT : OTHER;
  });
  classesByRules.set(lexical, classes);
  return classes;
}

/**
 * Cuts out what most often differs between two executions of one template: a look at each character, several times as
 * fast as the tokens. Absent for texts too long, with too many literals, or that hold the marks' own character.
 */
export function textSketch(sql: string, lexical: LexicalRules): TextSketch | undefined {
  const length = sql.length;
  if (length > LONGEST_SKETCHED || sql.includes('\0')) {
    return undefined;
  }
  const classes = sketchClassesOf(lexical);
  let key = '';
  let from = 0;
  let count = 0;
  let at = 0;
  while (at < length) {
    const code = sql.charCodeAt(at);
    const charClass = code < 128 ? classes[code] : wideClass(code) === BLANK ? OTHER : WORD_PART;
    if (charClass === OTHER || (charClass === DOT && !isDigit(sql.charCodeAt(at + 1)))) {
      at += 1;
      continue;
    }
    if (charClass === NAME_QUOTE) {
      at = endOfQuoted(sql, at, code === 91 ? 93 : code);
      continue;
    }
    let end = at + 1;
    if (charClass === WORD_PART) {
      end = endOfWord(sql, end, classes);
      if (end - at > 2 || !mayFollowPrefix(sql.charCodeAt(end))) {
        at = end;
        continue;
      }
    }
    const cut = cutFrom(sql, at, lexical);
    if (cut === NO_CUT) {
      at = end;
      continue;
    }
    if (count === MOST_CUTS) {
      return undefined;
    }
    const kind = kindOfCut(cut);
    end = endOfCut(cut);
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
export function cutsAreTokens(cuts: TextCuts, tokens: Tokens): boolean {
  let token = 0;
  let comments = 0;
  for (let cut = 0; cut < cuts.count; cut += 1) {
    const start = cuts.starts[cut] ?? 0;
    const end = cuts.ends[cut] ?? 0;
    const kind = cuts.kinds[cut] ?? 0;
    if (isComment(kind)) {
      const comment = tokens.comments[comments];
      if (comment?.start !== start || comment.end !== end) {
        return false;
      }
      comments += 1;
      continue;
    }
    token = tokenAt(tokens, { start, from: token });
    if (
      tokens.kinds[token] !== (isNumber(kind) ? NUMBER : STRING) ||
      tokens.starts[token] !== start ||
      tokens.ends[token] !== end
    ) {
      return false;
    }
  }
  return comments === tokens.comments.length;
}

/** The number of the cut that stands at this place of the text, -1 for none. */
export function cutAt({ count, starts: cuts }: TextCuts, start: number): number {
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

function endOfWord(sql: string, from: number, classes: Uint8Array): number {
  let end = from;
  for (; end < sql.length; end += 1) {
    const code = sql.charCodeAt(end);
    const charClass = code < 128 ? classes[code] : wideClass(code) === BLANK ? OTHER : WORD_PART;
    if (charClass !== WORD_PART && charClass !== DIGIT) {
      break;
    }
  }
  return end;
}

/** A quote, or the `&` of `u&'..'`. */
function mayFollowPrefix(code: number): boolean {
  return code === 39 || code === 34 || code === 38;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
