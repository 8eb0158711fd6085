/** A name or keyword without quotes; its code is the keyword's number, 0 for other words. */
export const WORD = 1;
/** An identifier in quotes. */
export const QUOTED = 2;
/** A string of any notation, prefix included. */
export const STRING = 3;
export const NUMBER = 4;
/** `?`, `$1`, `:name`, `@name`. */
export const PARAMETER = 5;
/** An operator or a bracket; its code is the character's, or one of the codes below. */
export const PUNCTUATION = 6;

/** Codes of operators of more than one character: beyond ASCII. */
export const DOUBLE_COLON = 128;
export const ARROW = 129;
export const LONG_ARROW = 130;
export const CONCAT = 131;
export const NOT_EQUAL = 132;
export const HASH_ARROW = 133;
export const LONG_HASH_ARROW = 134;
export const OTHER_OPERATOR = 135;

export const OPEN = 40;
export const CLOSE = 41;
export const PLUS = 43;
export const COMMA = 44;
export const MINUS = 45;
export const DOT = 46;
export const COLON = 58;
export const SEMICOLON = 59;
export const OPEN_BRACKET = 91;
export const CLOSE_BRACKET = 93;

/** Offsets into the text, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The tokens of a text, column by column: one million statements go through here in a cycle. */
export interface Tokens {
  readonly sql: string;
  readonly count: number;
  readonly kinds: Uint8Array;
  readonly codes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Comments stand aside, in order; they are no tokens. */
  readonly comments: readonly Span[];
  /** One byte for each character of `sql` (`text-bytes.ts`), for as long as the columns are kept. */
  readonly bytes?: Uint8Array | undefined;
}

export function tokenText(tokens: Tokens, index: number): string {
  return tokens.sql.slice(tokens.starts[index], tokens.ends[index]);
}

export function isPunctuation(tokens: Tokens, index: number, code: number): boolean {
  return tokens.kinds[index] === PUNCTUATION && tokens.codes[index] === code;
}

export function isKeyword(tokens: Tokens, index: number, code: number): boolean {
  return tokens.kinds[index] === WORD && tokens.codes[index] === code;
}

/** Whether the bracket at this index selects from the value before it: `a[1]`, not `array[1]`. */
export function isSubscript(tokens: Tokens, index: number): boolean {
  if (index === 0) {
    return false;
  }
  const kind = tokens.kinds[index - 1];
  const code = tokens.codes[index - 1];
  return (
    kind === QUOTED ||
    (kind === WORD && code === 0) ||
    (kind === PUNCTUATION && (code === CLOSE || code === CLOSE_BRACKET))
  );
}
