import type { DialectName } from '../../sql/dialect.ts';
import type { Tokens } from '../../sql/tokens.ts';
import {
  CLOSE,
  CLOSE_BRACKET,
  COLON,
  DOT,
  isPunctuation,
  NUMBER,
  PARAMETER,
  PUNCTUATION,
  STRING,
  tokenText,
  WORD,
} from '../../sql/tokens.ts';
import { plainNumber } from './plain-number.ts';
import { plainString } from './plain-string.ts';

const POSTFIX_TESTS = new Map([
  ['isnull', 'is null'],
  ['notnull', 'is not null'],
]);
const WITH_POSTFIX_TESTS: ReadonlySet<DialectName> = new Set(['duckdb', 'postgres', 'redshift']);

/**
 * The text as sqlparser-rs cuts it rightly. Its lexers take some words for others without a word of
 * complaint (`e'a'` for a column named e, `1_000` for 1 aliased _000, `x isnull` for an alias, a
 * backslash for itself), so those are put differently first. Undefined where they cannot be.
 */
export function plainText(tokens: Tokens, dialect: DialectName): string | undefined {
  const parts: string[] = [];
  let end = 0;
  for (let index = 0; index < tokens.count; index += 1) {
    const plain = plainToken(tokens, index, dialect);
    if (plain === undefined) {
      return undefined;
    }
    if (plain !== null) {
      parts.push(tokens.sql.slice(end, tokens.starts[index]), plain);
      end = tokens.ends[index] ?? end;
    }
  }
  return parts.length === 0 ? tokens.sql : parts.join('') + tokens.sql.slice(end);
}

/** What to write instead: null for the token as it is, undefined where nothing will do. */
function plainToken(
  tokens: Tokens,
  index: number,
  dialect: DialectName,
): string | null | undefined {
  const kind = tokens.kinds[index];
  if (kind === STRING) {
    return plainString(tokenText(tokens, index), dialect);
  }
  if (kind === NUMBER) {
    return plainNumber(tokenText(tokens, index), dialect);
  }
  if (kind === WORD) {
    return plainWord(tokens, index, dialect);
  }
  const isColon =
    (kind === PARAMETER && tokenText(tokens, index).startsWith(':')) ||
    (kind === PUNCTUATION && tokens.codes[index] === COLON);
  return dialect === 'duckdb' && isColon ? colon(tokens, index) : null;
}

/** The words after an operand that the library would take for its alias. */
function plainWord(tokens: Tokens, index: number, dialect: DialectName): string | null | undefined {
  const length = (tokens.ends[index] ?? 0) - (tokens.starts[index] ?? 0);
  if (!WITH_POSTFIX_TESTS.has(dialect) || tokens.codes[index] !== 0 || index === 0) {
    return null;
  }
  if ((length !== 6 && length !== 7 && length !== 12) || !endsOperand(tokens, index - 1)) {
    return null;
  }
  const word = tokenText(tokens, index).toLowerCase();
  return word === 'export_state' ? undefined : (POSTFIX_TESTS.get(word) ?? null);
}

function endsOperand(tokens: Tokens, index: number): boolean {
  const code = tokens.codes[index];
  const kind = tokens.kinds[index];
  if (kind === WORD) {
    return code === 0;
  }
  return kind !== PUNCTUATION || code === CLOSE || code === CLOSE_BRACKET;
}

const OPENING = new Set(['{', '['].map((bracket) => bracket.charCodeAt(0)));
const CLOSING = new Set(['}', ']'].map((bracket) => bracket.charCodeAt(0)));

/** DuckDB's colon is a struct's or a slice's, or of a lambda; else it aliases (`a: b` is `b AS a`). */
function colon(tokens: Tokens, index: number): null | undefined {
  let depth = 0;
  for (let at = index - 1; at >= 0; at -= 1) {
    const code = tokens.codes[at] ?? 0;
    if (tokens.kinds[at] === PUNCTUATION && CLOSING.has(code)) {
      depth += 1;
    } else if (tokens.kinds[at] === PUNCTUATION && OPENING.has(code)) {
      if (depth === 0) {
        return null;
      }
      depth -= 1;
    } else if (tokens.kinds[at] === WORD && isLambda(tokens, at)) {
      return null;
    }
  }
  return undefined;
}

function isLambda(tokens: Tokens, index: number): boolean {
  return (
    tokenText(tokens, index).toLowerCase() === 'lambda' && !isPunctuation(tokens, index - 1, DOT)
  );
}
