import type { Dialect } from './dialect.ts';
import { isKeywordText } from './keywords.ts';
import type { Tokens } from './tokens.ts';
import { DOT, isPunctuation, OPEN, tokenText } from './tokens.ts';

/** Words that mean something else once their quotes are off. */
const QUOTES_MATTER = new Set(
  `current_date current_time current_timestamp current_user session_user user localtime localtimestamp current_role
  current_catalog current_schema default sysdate rownum rowid`.split(/\s+/),
);

/** Whether a word is told in lower case: all, or keywords and function names alone where tables compare with case. */
export function isFolded(tokens: Tokens, index: number, dialect: Dialect): boolean {
  return (
    !dialect.names.tablesAreCaseSensitive ||
    tokens.codes[index] !== 0 ||
    (isPunctuation(tokens, index + 1, OPEN) && !isPunctuation(tokens, index - 1, DOT))
  );
}

export function foldedWord(tokens: Tokens, index: number, dialect: Dialect): string {
  const text = tokenText(tokens, index);
  return isFolded(tokens, index, dialect) ? text.toLowerCase() : text;
}

/** Without quotes where the bare name would be the same one; else in double quotes whatever the dialect. */
export function foldedQuoted(tokens: Tokens, index: number, dialect: Dialect): string {
  const text = tokenText(tokens, index);
  const quote = text[0] === '[' ? ']' : (text[0] ?? '');
  const isClosed = text.length >= 2 && text.endsWith(quote);
  const name = text.slice(1, isClosed ? -1 : undefined);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return `"${name.replaceAll(quote + quote, quote).replaceAll('"', '""')}"`;
  }
  const lower = name.toLowerCase();
  if (QUOTES_MATTER.has(lower) || isKeywordText(lower) || !isAsIfUnquoted(name, dialect)) {
    return `"${name}"`;
  }
  return dialect.names.tablesAreCaseSensitive ? name : lower;
}

function isAsIfUnquoted(name: string, { names }: Dialect): boolean {
  if (!names.quotedIsCaseSensitive) {
    return true;
  }
  return name === (names.unquoted === 'upper' ? name.toUpperCase() : name.toLowerCase());
}
