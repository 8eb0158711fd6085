import {
  BLANK,
  classesOf,
  DIGIT,
  isPlainWordCode,
  LETTER,
  NAME_QUOTE,
  STRING_QUOTE,
  wideClass,
} from './character-classes.ts';
import type { LexicalRules } from './dialect.ts';
import { HASH_START, hashNext, keywordAt, mayBeKeyword } from './keywords.ts';
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
/** Columns end in zeros, so that looking a few tokens ahead needs no check. */
const LOOKAHEAD = 4;

/** Lower-case codes of the ASCII characters that go on with a word, 0 for all others. */
const WORD_PART = Uint8Array.from({ length: 128 }, (_, code) => {
  const lower = code >= 65 && code <= 90 ? code + 32 : code;
  return isPlainWordCode(code) || code === 36 ? lower : 0;
});

/** Characters that are never the beginning of a longer operator. */
const ALONE = Uint8Array.from({ length: 128 }, (_, code) =>
  '(),;[]{}+'.includes(String.fromCharCode(code)) ? 1 : 0,
);

interface Columns {
  readonly kinds: Uint8Array;
  readonly codes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * Cuts a text into tokens. Never throws, always ends: what is not closed reaches to the end of the text,
 * and characters no SQL knows become operators of their own. Time is linear in the length of the text.
 */
export function tokenize(sql: string, lexical: LexicalRules): Tokens {
  const tokens = tokenizeForNow(sql, lexical);
  const { count } = tokens;
  return {
    ...tokens,
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
  const { kinds, codes, starts, ends } = columns;
  const comments: Span[] = [];
  let count = 0;
  let at = 0;

  while (at < length) {
    const code = sql.charCodeAt(at);
    const charClass = code < 128 ? classes[code] : wideClass(code);
    if (charClass === BLANK) {
      at += 1;
      continue;
    }

    starts[count] = at;
    codes[count] = 0;

    if (charClass === LETTER) {
      let hash = hashNext(HASH_START, code < 128 ? (WORD_PART[code] ?? 0) : code);
      let end = at + 1;
      for (; end < length; end += 1) {
        const next = sql.charCodeAt(end);
        const part = next < 128 ? (WORD_PART[next] ?? 0) : wideClass(next) === LETTER ? next : 0;
        if (part === 0) {
          break;
        }
        hash = hashNext(hash, part);
      }

      const after = end - at <= 2 ? sql.charCodeAt(end) : 0;
      const mayPrefix = after === 39 || after === 34 || after === 38;
      const stringEnd = mayPrefix ? endOfPrefixedString(sql, { start: at, end, lexical }) : -1;
      if (stringEnd !== -1) {
        kinds[count] = STRING;
        at = stringEnd;
      } else {
        kinds[count] = WORD;
        codes[count] = mayBeKeyword(hash) ? keywordAt(sql, { start: at, end, hash }) : 0;
        at = end;
      }
    } else if (code < 128 && ALONE[code] === 1 && charClass === 0) {
      kinds[count] = PUNCTUATION;
      codes[count] = code;
      at += 1;
    } else if (charClass === DIGIT || (code === 46 && startsFraction(sql, at))) {
      kinds[count] = NUMBER;
      at = endOfNumber(sql, at, lexical.numberSuffixes);
    } else if (charClass === STRING_QUOTE) {
      kinds[count] = STRING;
      at = endOfString(sql, at, { lexical, escapes: lexical.backslashEscapes });
    } else if (charClass === NAME_QUOTE) {
      kinds[count] = QUOTED;
      at = endOfQuoted(sql, at, code === 91 ? 93 : code);
    } else {
      const commentEnd = endOfComment(sql, at, lexical);
      if (commentEnd !== -1) {
        comments.push({ start: at, end: commentEnd });
        at = commentEnd;
        continue;
      }
      at = special(sql, at, { code, count, lexical, columns });
    }

    ends[count] = at;
    count += 1;
  }

  kinds.fill(0, count, count + LOOKAHEAD);
  codes.fill(0, count, count + LOOKAHEAD);
  return { sql, count, kinds, codes, starts, ends, comments };
}

function columnsFor(length: number): Columns {
  return {
    kinds: new Uint8Array(length),
    codes: new Uint8Array(length),
    starts: new Uint32Array(length),
    ends: new Uint32Array(length),
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
