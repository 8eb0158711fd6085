import { keyword } from './keywords.ts';
import type { Tokens } from './tokens.ts';
import {
  ARROW,
  CLOSE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  CONCAT,
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

const ARRAY = keyword('array');
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
const TIME = keyword('time');
const TOP = keyword('top');
const WHEN = keyword('when');

/** Keywords after which a value begins, so that a sign there only negates. */
const BEFORE_VALUES = new Set(
  `select where and or not then else when case between on having by limit offset like ilike is in values interval
  distinct all from`
    .split(/\s+/)
    .map(keyword),
);

/** What goes on within a call after its arguments: `string_agg(x, ',' order by y)`. */
const AFTER_ARGUMENTS = new Set('order on limit ignore respect separator using'.split(' '));
/** `trim(both '-' from x)`. */
const BEFORE_SIGNS = new Set(['both', 'leading', 'trailing']);

const ZONE = new Set(['zone']);
const FORMAT = new Set(['format']);

/** + - * / % */
const ARITHMETIC = new Set([43, 45, 42, 47, 37]);
/** * / % */
const SCALING = new Set([42, 47, 37]);

const PATH_OPERATORS = new Set([ARROW, LONG_ARROW, HASH_ARROW, LONG_HASH_ARROW]);

/** Whether the literal is an argument by itself, a sign before it apart; FROM and FOR part the arguments of SUBSTRING. */
export function isWholeArgument(tokens: Tokens, index: number): boolean {
  const before = isPunctuation(tokens, index - 1, MINUS) ? index - 2 : index - 1;
  const next = index + 1;
  return (
    (opensArguments(tokens, before) || isWordOf(tokens, before, BEFORE_SIGNS)) &&
    (endsArgument(tokens, next) || isWordOf(tokens, next, AFTER_ARGUMENTS))
  );
}

/** Whether this bracket may open an argument that is a list: `[0.5, 0.9]`, `array(0.5)`, `array[0.5]`. */
export function opensListArgument(tokens: Tokens, open: number): boolean {
  const isArray = isKeyword(tokens, open - 1, ARRAY);
  const isList = isArray || tokens.codes[open] === OPEN_BRACKET;
  return isList && opensArguments(tokens, isArray ? open - 2 : open - 1);
}

function opensArguments(tokens: Tokens, index: number): boolean {
  return (
    isPunctuation(tokens, index, OPEN) ||
    isPunctuation(tokens, index, OPEN_BRACKET) ||
    parts(tokens, index)
  );
}

/** Whether an argument, or the member of a list that is one, ends before this token. */
export function endsArgument(tokens: Tokens, index: number): boolean {
  return (
    isPunctuation(tokens, index, CLOSE) ||
    isPunctuation(tokens, index, CLOSE_BRACKET) ||
    parts(tokens, index)
  );
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

function isWordOf(tokens: Tokens, index: number, words: ReadonlySet<string>): boolean {
  return tokens.kinds[index] === WORD && words.has(tokenText(tokens, index).toLowerCase());
}

/** After a path operator, in a subscript, as an alias. */
export function isNamePlace(tokens: Tokens, index: number): boolean {
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
export function isFieldName(tokens: Tokens, index: number): boolean {
  return isPunctuation(tokens, index + 1, COLON);
}

/** A file read like a table, FROM 'a.parquet'; not IS DISTINCT FROM. */
export function isRelationPlace(tokens: Tokens, index: number): boolean {
  const isAfterFrom = isKeyword(tokens, index - 1, FROM) && !isKeyword(tokens, index - 2, DISTINCT);
  return isAfterFrom || isKeyword(tokens, index - 1, JOIN);
}

/** After INTERVAL, or cast to it. */
export function isIntervalAt(tokens: Tokens, index: number): boolean {
  if (isKeyword(tokens, index - 1, INTERVAL)) {
    return true;
  }
  const isCast = isPunctuation(tokens, index + 1, DOUBLE_COLON) || isKeyword(tokens, index + 1, AS);
  return isCast && isKeyword(tokens, index + 2, INTERVAL);
}

/** After AT TIME ZONE. */
export function isZoneAt(tokens: Tokens, index: number): boolean {
  return isKeyword(tokens, index - 2, TIME) && isWordOf(tokens, index - 1, ZONE);
}

/** `cast(d as string format 'YYYY')`. */
export function isFormatAt(tokens: Tokens, index: number): boolean {
  return isWordOf(tokens, index - 1, FORMAT);
}

/** Beside `||`. */
export function isConcatenated(tokens: Tokens, index: number): boolean {
  return isPunctuation(tokens, index - 1, CONCAT) || isPunctuation(tokens, index + 1, CONCAT);
}

/** An operand of arithmetic; a sign that only negates is no arithmetic. */
export function isOperandAt(tokens: Tokens, index: number): boolean {
  return (
    isArithmeticAt(tokens, index + 1) ||
    (isArithmeticAt(tokens, index - 1) &&
      (!isSignAt(tokens, index - 1) || endsValue(tokens, index - 2)))
  );
}

/** Something is multiplied with it, divided by it, or counted round by it. */
export function isFactorAt(tokens: Tokens, index: number): boolean {
  return isScalingAt(tokens, index - 1) || isScalingAt(tokens, index + 1);
}

function isScalingAt(tokens: Tokens, index: number): boolean {
  return (
    tokens.kinds[index] === PUNCTUATION &&
    (SCALING.has(tokens.codes[index] ?? 0) || isWholeDivisionAt(tokens, index))
  );
}

/** DuckDB's `//`. */
function isWholeDivisionAt(tokens: Tokens, index: number): boolean {
  return isPunctuation(tokens, index, OTHER_OPERATOR) && tokenText(tokens, index) === '//';
}

function isSignAt(tokens: Tokens, index: number): boolean {
  return isPunctuation(tokens, index, MINUS) || isPunctuation(tokens, index, PLUS);
}

function isArithmeticAt(tokens: Tokens, index: number): boolean {
  return (
    tokens.kinds[index] === PUNCTUATION &&
    (ARITHMETIC.has(tokens.codes[index] ?? 0) || isWholeDivisionAt(tokens, index))
  );
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
export function isResultAt(tokens: Tokens, index: number): boolean {
  const follows = isKeyword(tokens, index - 1, THEN) || isKeyword(tokens, index - 1, ELSE);
  const next = index + 1;
  return (
    follows &&
    (isKeyword(tokens, next, WHEN) || isKeyword(tokens, next, ELSE) || isKeyword(tokens, next, END))
  );
}

/** LIMIT 10, FETCH FIRST 10 ROWS, TOP 10, 6 PRECEDING. */
export function isCountAt(tokens: Tokens, index: number): boolean {
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

/** A whole member of a GROUP BY or ORDER BY list, which `inByList` says is open here. */
export function isOrdinalAt(tokens: Tokens, index: number, inByList: boolean): boolean {
  if (!inByList) {
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

/** In a subscript by itself or as a bound of a slice, `x[-1]` and `x[1:3]`, or after an arrow. */
export function isIndexAt(tokens: Tokens, index: number): boolean {
  const before = isPunctuation(tokens, index - 1, MINUS) ? index - 2 : index - 1;
  const next = index + 1;
  const ends = isPunctuation(tokens, next, CLOSE_BRACKET);
  if (isPunctuation(tokens, before, OPEN_BRACKET)) {
    return (ends || isPunctuation(tokens, next, COLON)) && isSubscript(tokens, before);
  }
  if (isPunctuation(tokens, before, COLON)) {
    return ends;
  }
  return isPunctuation(tokens, before, ARROW) || isPunctuation(tokens, before, LONG_ARROW);
}

/** The field of a name such as `t.1`. */
export function isPartOfName(tokens: Tokens, index: number): boolean {
  return isPunctuation(tokens, index - 1, DOT);
}
