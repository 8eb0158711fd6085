import type { KeptArguments } from './kept-literals.ts';
import { keepsNumberArgument, keepsStringArgument, MOST_IN_KEPT_LIST } from './kept-literals.ts';
import {
  isDatePart,
  isFactor,
  isFileName,
  isFormat,
  isIntervalText,
  isJsonPath,
  isNeutralNumber,
  isSeparator,
  isSmallNumber,
  isTimeZone,
} from './literal-kinds.ts';
import {
  isConcatenated,
  isCountAt,
  isFactorAt,
  isFieldName,
  isFormatAt,
  isIndexAt,
  isIntervalAt,
  isNamePlace,
  isOperandAt,
  isOrdinalAt,
  isPartOfName,
  isRelationPlace,
  isResultAt,
  isWholeArgument,
  isZoneAt,
} from './literal-places.ts';
import type { Tokens } from './tokens.ts';
import { COMMA, isPunctuation, MINUS, NUMBER, STRING, tokenText } from './tokens.ts';

/** One bracket: what its function keeps, and whether a GROUP BY or ORDER BY list is open in it. */
export interface Level {
  readonly isCall: boolean;
  readonly kept: KeptArguments;
  inByList: boolean;
}

/** Whether some string in this place would be part of the shape; in any other place all are `?`. */
export function mayKeepString(tokens: Tokens, index: number, level: Level): boolean {
  return (
    isIntervalAt(tokens, index) ||
    (level.isCall ? isWholeArgument(tokens, index) : isRelationPlace(tokens, index)) ||
    isNamePlace(tokens, index) ||
    isFieldName(tokens, index) ||
    isConcatenated(tokens, index) ||
    isZoneAt(tokens, index) ||
    isFormatAt(tokens, index)
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
    return quoted(level.kept.parts && isDatePart(text) ? text.toLowerCase() : text);
  }
  return isKeptString(tokens, index, { level, text }) ? quoted(text) : '?';
}

function isKeptString(
  tokens: Tokens,
  index: number,
  { level, text }: { readonly level: Level; readonly text: string },
): boolean {
  return (
    ((isNamePlace(tokens, index) || isFieldName(tokens, index)) && isJsonPath(text)) ||
    (!level.isCall && isRelationPlace(tokens, index) && isFileName(text)) ||
    (isConcatenated(tokens, index) && isSeparator(text)) ||
    (isZoneAt(tokens, index) && isTimeZone(text)) ||
    (isFormatAt(tokens, index) && isFormat(text))
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What stands between plain quotes; nothing for other notations and for text too long to be a word. */
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
  const mark = String.fromCharCode(quote);
  return isPlain ? sql.slice(start + 1, end - 1).replaceAll(mark + mark, mark) : undefined;
}

/** Whether some number in this place would be part of the shape; in any other place all are `?`. */
export function mayKeepNumber(tokens: Tokens, index: number, level: Level): boolean {
  return (
    isPartOfName(tokens, index) ||
    isCountAt(tokens, index) ||
    isIntervalAt(tokens, index) ||
    isOrdinalAt(tokens, index, level.inByList) ||
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
  if (
    isPartOfName(tokens, index) ||
    isCountAt(tokens, index) ||
    (isIntervalAt(tokens, index) && isIntervalText(text))
  ) {
    return true;
  }
  const isPlace = isOrdinalAt(tokens, index, level.inByList) || isIndexAt(tokens, index);
  return (
    (isSmallNumber(text) && isPlace) ||
    (level.isCall && isWholeArgument(tokens, index) && keepsNumberArgument(level.kept, text)) ||
    (isFactor(text) && isFactorAt(tokens, index)) ||
    (isNeutralNumber(text) && (isOperandAt(tokens, index) || isResultAt(tokens, index)))
  );
}

/** Whether all of the list of literals from `open` to before `end` stays: the shares of a quantile, the parts of a date. */
export function keepsList(
  tokens: Tokens,
  list: { readonly open: number; readonly end: number; readonly kept: KeptArguments },
): boolean {
  const { open, end, kept } = list;
  let count = 0;
  for (let index = open + 1; index < end - 1; index += 1) {
    if (isPunctuation(tokens, index, COMMA) || isPunctuation(tokens, index, MINUS)) {
      continue;
    }
    count += 1;
    if (count > MOST_IN_KEPT_LIST || !isKeptMember(tokens, index, kept)) {
      return false;
    }
  }
  return true;
}

function isKeptMember(tokens: Tokens, index: number, kept: KeptArguments): boolean {
  if (tokens.kinds[index] === NUMBER) {
    return keepsNumberArgument(kept, tokenText(tokens, index));
  }
  const text = tokens.kinds[index] === STRING ? plainText(tokens, index) : undefined;
  return text !== undefined && keepsStringArgument(kept, text);
}
