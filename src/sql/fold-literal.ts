import type { KeptArguments } from './kept-literals.ts';
import {
  isDatePart,
  isFileName,
  isIntervalText,
  isJsonPath,
  isNeutralNumber,
  isSmallNumber,
  keepsNumberArgument,
  keepsStringArgument,
} from './kept-literals.ts';
import { keyword } from './keywords.ts';
import type { Tokens } from './tokens.ts';
import {
  ARROW,
  CLOSE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DOT,
  DOUBLE_COLON,
  HASH_ARROW,
  isKeyword,
  isPunctuation,
  isSubscript,
  LONG_ARROW,
  LONG_HASH_ARROW,
  MINUS,
  OPEN,
  OPEN_BRACKET,
  OTHER_OPERATOR,
  PLUS,
  PUNCTUATION,
  SEMICOLON,
  tokenText,
  WORD,
} from './tokens.ts';

const AS = keyword('as');
const BY = keyword('by');
const DISTINCT = keyword('distinct');
const ELSE = keyword('else');
const END = keyword('end');
const FIRST = keyword('first');
const FOLLOWING = keyword('following');
const FOR = keyword('for');
const FROM = keyword('from');
const INTERVAL = keyword('interval');
const JOIN = keyword('join');
const LIMIT = keyword('limit');
const NEXT = keyword('next');
const PRECEDING = keyword('preceding');
const THEN = keyword('then');
const TOP = keyword('top');
const WHEN = keyword('when');

/** Keywords after which a value begins, so that a sign there only negates. */
const BEFORE_VALUES = new Set(
  `select where and or not then else when case between on having by limit offset like ilike is in values interval
  distinct all from`
    .split(/\s+/)
    .map(keyword),
);

/** + - * / % */
const ARITHMETIC = new Set([43, 45, 42, 47, 37]);

const PATH_OPERATORS = new Set([ARROW, LONG_ARROW, HASH_ARROW, LONG_HASH_ARROW]);

/** One bracket: what its function keeps, and whether a GROUP BY or ORDER BY list is open in it. */
export interface Level {
  readonly isCall: boolean;
  readonly kept: KeptArguments;
  inByList: boolean;
}

/** Whether the literal is an argument by itself, a sign before it apart; FROM and FOR part the arguments of SUBSTRING. */
function isWholeArgument(tokens: Tokens, index: number): boolean {
  const before = isPunctuation(tokens, index - 1, MINUS) ? index - 2 : index - 1;
  const next = index + 1;
  const opens = isPunctuation(tokens, before, OPEN) || parts(tokens, before);
  return opens && (isPunctuation(tokens, next, CLOSE) || parts(tokens, next));
}

function parts(tokens: Tokens, index: number): boolean {
  return (
    isPunctuation(tokens, index, COMMA) ||
    isNamedArgument(tokens, index) ||
    isKeyword(tokens, index, FROM) ||
    isKeyword(tokens, index, FOR)
  );
}

/** The `=>` of `scale => 2`. */
function isNamedArgument(tokens: Tokens, index: number): boolean {
  return isPunctuation(tokens, index, OTHER_OPERATOR) && tokenText(tokens, index) === '=>';
}

/** Whether some string in this place would be part of the shape; in any other place all are `?`. */
export function mayKeepString(tokens: Tokens, index: number, level: Level): boolean {
  return (
    isIntervalAt(tokens, index) ||
    (level.isCall ? isWholeArgument(tokens, index) : isRelationPlace(tokens, index)) ||
    isNamePlace(tokens, index) ||
    isFieldName(tokens, index)
  );
}

/** A string, `?` unless it is part of the shape. */
export function foldedString(tokens: Tokens, index: number, level: Level): string {
  const text = mayKeepString(tokens, index, level) ? plainText(tokens, index) : undefined;
  if (text === undefined) {
    return '?';
  }
  if (isIntervalAt(tokens, index) && isIntervalText(text)) {
    return `'${text.trim().toLowerCase().replaceAll(/\s+/g, ' ')}'`;
  }
  if (level.isCall && isWholeArgument(tokens, index) && keepsStringArgument(level.kept, text)) {
    return `'${level.kept.parts && isDatePart(text) ? text.toLowerCase() : text}'`;
  }
  const isKept =
    ((isNamePlace(tokens, index) || isFieldName(tokens, index)) && isJsonPath(text)) ||
    (!level.isCall && isRelationPlace(tokens, index) && isFileName(text));
  return isKept ? `'${text}'` : '?';
}

/** After a path operator, in a subscript, as an alias. */
function isNamePlace(tokens: Tokens, index: number): boolean {
  const before = index - 1;
  if (isPunctuation(tokens, before, OPEN_BRACKET)) {
    return isPunctuation(tokens, index + 1, CLOSE_BRACKET) && isSubscript(tokens, before);
  }
  return (
    isKeyword(tokens, before, AS) ||
    (tokens.kinds[before] === PUNCTUATION && PATH_OPERATORS.has(tokens.codes[before] ?? 0))
  );
}

/** `{'field': value}` and the prefix alias `'name': value`. */
function isFieldName(tokens: Tokens, index: number): boolean {
  return isPunctuation(tokens, index + 1, COLON);
}

/** A file read like a table, FROM 'a.parquet'; not IS DISTINCT FROM. */
function isRelationPlace(tokens: Tokens, index: number): boolean {
  const isAfterFrom = isKeyword(tokens, index - 1, FROM) && !isKeyword(tokens, index - 2, DISTINCT);
  return isAfterFrom || isKeyword(tokens, index - 1, JOIN);
}

/** After INTERVAL, or cast to it. */
function isIntervalAt(tokens: Tokens, index: number): boolean {
  if (isKeyword(tokens, index - 1, INTERVAL)) {
    return true;
  }
  const isCast = isPunctuation(tokens, index + 1, DOUBLE_COLON) || isKeyword(tokens, index + 1, AS);
  return isCast && isKeyword(tokens, index + 2, INTERVAL);
}

/** What stands between plain quotes; nothing for other notations and for text with escapes. */
function plainText(tokens: Tokens, index: number): string | undefined {
  const { sql } = tokens;
  const start = tokens.starts[index] ?? 0;
  const end = tokens.ends[index] ?? 0;
  const quote = sql.charCodeAt(start);
  const isPlain =
    end - start >= 2 &&
    end - start <= 82 &&
    (quote === 39 || quote === 34) &&
    sql.charCodeAt(end - 1) === quote;
  return isPlain ? sql.slice(start + 1, end - 1) : undefined;
}

/** Whether some number in this place would be part of the shape; in any other place all are `?`. */
export function mayKeepNumber(tokens: Tokens, index: number, level: Level): boolean {
  return (
    isPunctuation(tokens, index - 1, DOT) ||
    isCountAt(tokens, index) ||
    isIntervalAt(tokens, index) ||
    isOrdinalAt(tokens, index, level) ||
    isIndexAt(tokens, index) ||
    (level.isCall && isWholeArgument(tokens, index)) ||
    isOperandAt(tokens, index) ||
    isResultAt(tokens, index)
  );
}

/** A number, `?` unless it is part of the shape. */
export function foldedNumber(tokens: Tokens, index: number, level: Level): string {
  const length = (tokens.ends[index] ?? 0) - (tokens.starts[index] ?? 0);
  if (length > 12 || !mayKeepNumber(tokens, index, level)) {
    return '?';
  }
  const text = tokenText(tokens, index);
  return isKeptNumber(tokens, index, { level, text }) ? text : '?';
}

function isKeptNumber(
  tokens: Tokens,
  index: number,
  { level, text }: { readonly level: Level; readonly text: string },
): boolean {
  const isName = isPunctuation(tokens, index - 1, DOT);
  if (isName || isCountAt(tokens, index) || (isIntervalAt(tokens, index) && isIntervalText(text))) {
    return true;
  }
  if (isSmallNumber(text) && (isOrdinalAt(tokens, index, level) || isIndexAt(tokens, index))) {
    return true;
  }
  if (level.isCall && isWholeArgument(tokens, index) && keepsNumberArgument(level.kept, text)) {
    return true;
  }
  return isNeutralNumber(text) && (isOperandAt(tokens, index) || isResultAt(tokens, index));
}

/** An operand of arithmetic; a sign that only negates is no arithmetic. */
function isOperandAt(tokens: Tokens, index: number): boolean {
  return (
    isArithmeticAt(tokens, index + 1) ||
    (isArithmeticAt(tokens, index - 1) &&
      (!isSignAt(tokens, index - 1) || endsValue(tokens, index - 2)))
  );
}

function isSignAt(tokens: Tokens, index: number): boolean {
  return isPunctuation(tokens, index, MINUS) || isPunctuation(tokens, index, PLUS);
}

function isArithmeticAt(tokens: Tokens, index: number): boolean {
  return tokens.kinds[index] === PUNCTUATION && ARITHMETIC.has(tokens.codes[index] ?? 0);
}

/** Whether + or - after this token takes two operands; other arithmetic always does. */
function endsValue(tokens: Tokens, index: number): boolean {
  const kind = tokens.kinds[index];
  if (kind === undefined || kind === 0) {
    return false;
  }
  if (kind === PUNCTUATION) {
    return isPunctuation(tokens, index, CLOSE) || isPunctuation(tokens, index, CLOSE_BRACKET);
  }
  return kind !== WORD || !BEFORE_VALUES.has(tokens.codes[index] ?? 0);
}

/** THEN 1, ELSE 0. */
function isResultAt(tokens: Tokens, index: number): boolean {
  const follows = isKeyword(tokens, index - 1, THEN) || isKeyword(tokens, index - 1, ELSE);
  const next = index + 1;
  return (
    follows &&
    (isKeyword(tokens, next, WHEN) || isKeyword(tokens, next, ELSE) || isKeyword(tokens, next, END))
  );
}

/** LIMIT 10, FETCH FIRST 10 ROWS, TOP 10, 6 PRECEDING. */
function isCountAt(tokens: Tokens, index: number): boolean {
  const before = index - 1;
  return (
    isKeyword(tokens, before, LIMIT) ||
    isKeyword(tokens, before, FIRST) ||
    isKeyword(tokens, before, NEXT) ||
    isKeyword(tokens, before, TOP) ||
    isKeyword(tokens, index + 1, PRECEDING) ||
    isKeyword(tokens, index + 1, FOLLOWING)
  );
}

function isOrdinalAt(tokens: Tokens, index: number, level: Level): boolean {
  if (!level.inByList) {
    return false;
  }
  const starts = isKeyword(tokens, index - 1, BY) || isPunctuation(tokens, index - 1, COMMA);
  const next = index + 1;
  const ends =
    tokens.kinds[next] !== PUNCTUATION ||
    isPunctuation(tokens, next, COMMA) ||
    isPunctuation(tokens, next, CLOSE) ||
    isPunctuation(tokens, next, SEMICOLON);
  return starts && ends;
}

function isIndexAt(tokens: Tokens, index: number): boolean {
  const before = index - 1;
  if (isPunctuation(tokens, before, OPEN_BRACKET)) {
    return isPunctuation(tokens, index + 1, CLOSE_BRACKET) && isSubscript(tokens, before);
  }
  return isPunctuation(tokens, before, ARROW) || isPunctuation(tokens, before, LONG_ARROW);
}
