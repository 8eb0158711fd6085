import { isPlainWordCode } from './character-classes.ts';
import type { LexicalRules } from './dialect.ts';

/** Each returns the end (exclusive) of what begins at `at`; what is not closed ends with the text. */
export function endOfLine(sql: string, at: number): number {
  const end = sql.indexOf('\n', at);
  return end === -1 ? sql.length : end;
}

/** -1 where no comment begins. */
export function endOfComment(sql: string, at: number, lexical: LexicalRules): number {
  const code = sql.charCodeAt(at);
  const next = sql.charCodeAt(at + 1);
  if (code === 45 && next === 45) {
    return endOfLine(sql, at);
  }
  if (code === 47 && next === 42) {
    return endOfBlockComment(sql, at, lexical.nestedComments);
  }
  if (code === 47 && next === 47 && lexical.doubleSlashComments) {
    return endOfLine(sql, at);
  }
  return code === 35 && lexical.hashComments ? endOfLine(sql, at) : -1;
}

export function endOfBlockComment(sql: string, at: number, nested: boolean): number {
  if (!nested) {
    const close = sql.indexOf('*/', at + 2);
    return close === -1 ? sql.length : close + 2;
  }
  let depth = 1;
  let next = at + 2;
  while (next < sql.length) {
    const code = sql.charCodeAt(next);
    const after = sql.charCodeAt(next + 1);
    if (code === 42 && after === 47) {
      depth -= 1;
      next += 2;
      if (depth === 0) {
        return next;
      }
    } else if (code === 47 && after === 42) {
      depth += 1;
      next += 2;
    } else {
      next += 1;
    }
  }
  return sql.length;
}

/** `at` stands on the opening quote. */
export function endOfString(
  sql: string,
  at: number,
  { lexical, escapes }: { readonly lexical: LexicalRules; readonly escapes: boolean },
): number {
  const quote = sql.charCodeAt(at);
  if (
    lexical.tripleQuotes &&
    sql.charCodeAt(at + 1) === quote &&
    sql.charCodeAt(at + 2) === quote
  ) {
    return endOfTripleQuoted(sql, at, escapes);
  }
  return escapes ? endOfEscaped(sql, at, quote) : endOfQuoted(sql, at, quote);
}

interface PrefixPlace {
  /** Of the word. */
  readonly start: number;
  readonly end: number;
  readonly lexical: LexicalRules;
}

/** The end of `e'...'`, `r"..."`, `u&'...'` and the like where this word is a string's prefix, else -1. */
export function endOfPrefixedString(sql: string, { start, end, lexical }: PrefixPlace): number {
  if (end - start > 2) {
    return -1;
  }
  const isUnicode =
    sql.charCodeAt(end) === 38 && (sql.charCodeAt(start) | 32) === 117 && end - start === 1;
  const quoteAt = isUnicode ? end + 1 : end;
  const quote = sql.charCodeAt(quoteAt);
  if (quote !== 39 && (quote !== 34 || !lexical.stringQuotes.includes('"'))) {
    return -1;
  }
  const prefix = sql.slice(start, quoteAt).toLowerCase();
  if (!lexical.stringPrefixes.includes(prefix)) {
    return -1;
  }
  const isRaw = prefix.includes('r');
  const escapes = isRaw
    ? lexical.rawKeepsBackslashPairs === true
    : lexical.backslashEscapes || prefix === 'e';
  return endOfString(sql, quoteAt, { lexical, escapes });
}

/** Closed by `close`; a doubled one stands for itself. */
export function endOfQuoted(sql: string, at: number, close: number): number {
  const mark = String.fromCharCode(close);
  let from = at + 1;
  for (;;) {
    const end = sql.indexOf(mark, from);
    if (end === -1) {
      return sql.length;
    }
    if (sql.charCodeAt(end + 1) !== close) {
      return end + 1;
    }
    from = end + 2;
  }
}

function endOfEscaped(sql: string, at: number, quote: number): number {
  let next = at + 1;
  while (next < sql.length) {
    const code = sql.charCodeAt(next);
    if (code === 92) {
      next += 2;
    } else if (code === quote) {
      if (sql.charCodeAt(next + 1) !== quote) {
        return next + 1;
      }
      next += 2;
    } else {
      next += 1;
    }
  }
  return sql.length;
}

function endOfTripleQuoted(sql: string, at: number, escapes: boolean): number {
  const quote = sql.charCodeAt(at);
  let next = at + 3;
  while (next < sql.length) {
    const code = sql.charCodeAt(next);
    if (code === 92 && escapes) {
      next += 2;
    } else if (
      code === quote &&
      sql.charCodeAt(next + 1) === quote &&
      sql.charCodeAt(next + 2) === quote
    ) {
      return next + 3;
    } else {
      next += 1;
    }
  }
  return sql.length;
}

/** `$$...$$` or `$tag$...$tag$`; -1 where no such quote begins. */
export function endOfDollarQuote(sql: string, at: number): number {
  let end = at + 1;
  while (end < sql.length && end - at < 64 && isTagCode(sql.charCodeAt(end), end === at + 1)) {
    end += 1;
  }
  if (sql.charCodeAt(end) !== 36) {
    return -1;
  }
  const tag = sql.slice(at, end + 1);
  const close = sql.indexOf(tag, end + 1);
  return close === -1 ? sql.length : close + tag.length;
}

function isTagCode(code: number, isFirst: boolean): boolean {
  const isLetter = ((code | 32) >= 97 && (code | 32) <= 122) || code === 95 || code >= 128;
  return isLetter || (!isFirst && isDigitCode(code));
}

/** Whether the dot at this place begins a number; in `t.1` and `"t".1` it qualifies a name. */
export function startsFraction(sql: string, at: number): boolean {
  const after = sql.charCodeAt(at + 1);
  if (!(after >= 48 && after <= 57)) {
    return false;
  }
  const before = at === 0 ? 32 : sql.charCodeAt(at - 1);
  const qualifies =
    isPlainWordCode(before) || before === 34 || before === 96 || before === 41 || before === 93;
  return !qualifies;
}

/** Decimal with fraction and exponent, `0x..`, `1_000`, and a dialect's suffixes (`10L`, `1.5BD`). */
export function endOfNumber(
  sql: string,
  at: number,
  suffixes: readonly string[] | undefined,
): number {
  if (sql.charCodeAt(at) === 48 && (sql.charCodeAt(at + 1) | 32) === 120) {
    const end = skip(sql, at + 2, isHexCode);
    if (end > at + 2) {
      return end;
    }
  }
  let end = skip(sql, at, isDigitCode);
  if (sql.charCodeAt(end) === 46 && sql.charCodeAt(end + 1) !== 46) {
    end = skip(sql, end + 1, isDigitCode);
  }
  if ((sql.charCodeAt(end) | 32) === 101) {
    const sign = sql.charCodeAt(end + 1);
    const digits = sign === 43 || sign === 45 ? end + 2 : end + 1;
    const exponentEnd = skip(sql, digits, isDigitCode);
    end = exponentEnd > digits ? exponentEnd : end;
  }
  return suffixes === undefined || suffixes.length === 0 ? end : endOfSuffix(sql, end, suffixes);
}

function endOfSuffix(sql: string, at: number, suffixes: readonly string[]): number {
  const end = skip(sql, at, isNameCode);
  const isSuffix = end > at && end - at <= 2 && suffixes.includes(sql.slice(at, end).toLowerCase());
  return isSuffix ? end : at;
}

function skip(sql: string, at: number, isPart: (code: number) => boolean): number {
  let end = at;
  while (end < sql.length && isPart(sql.charCodeAt(end))) {
    end += 1;
  }
  return end;
}

function isDigitCode(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 95;
}

function isHexCode(code: number): boolean {
  return isDigitCode(code) || ((code | 32) >= 97 && (code | 32) <= 102);
}

function isNameCode(code: number): boolean {
  return isDigitCode(code) || ((code | 32) >= 97 && (code | 32) <= 122);
}
