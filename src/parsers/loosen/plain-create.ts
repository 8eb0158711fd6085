import { bracketPairs } from '../../sql/bracket-pairs.ts';
import { keyword } from '../../sql/keywords.ts';
import type { Tokens } from '../../sql/tokens.ts';
import {
  COMMA,
  DOT,
  isKeyword,
  isPunctuation,
  OPEN,
  QUOTED,
  tokenText,
  WORD,
} from '../../sql/tokens.ts';

/** What a view or a table says of itself after its query. */
const TAIL = /\s+with\s+(?:(?:no\s+)?data|(?:cascaded\s+|local\s+)?check\s+option)\s*;?\s*$/i;
const LONGEST_TAIL = 100;

const AS = keyword('as');
const VALUES = keyword('values');
const WITH = keyword('with');
const BODIES = new Set(['select', 'with', 'from', 'values', 'table'].map(keyword));
/** What a list of columns may hold beside columns. */
const NO_COLUMN =
  /^(constraint|primary|foreign|unique|check|index|key|like|period|exclude|expect)$/i;

/** A CREATE TABLE or VIEW without what stands between its columns and its query, or after its columns. */
export function plainCreate(tokens: Tokens): string | undefined {
  if (wordAt(tokens, 0) !== 'create') {
    return undefined;
  }
  const object = [1, 2, 3, 4, 5, 6].find((at) => /^(table|view)$/.test(wordAt(tokens, at)));
  if (object === undefined) {
    return undefined;
  }
  const name = readName(tokens, wordAt(tokens, object + 1) === 'if' ? object + 4 : object + 1);
  if (name === undefined) {
    return undefined;
  }
  const closers = bracketPairs(tokens);
  const isList = isPunctuation(tokens, name.next, OPEN);
  const close = isList ? (closers[name.next] ?? tokens.count) : name.next - 1;
  const isView = wordAt(tokens, object) === 'view';
  const body = bodyAfter(tokens, close + 1, closers);
  if (body === undefined) {
    return isList && !isView
      ? `create table ${name.text} ${tokens.sql.slice(tokens.starts[name.next], tokens.ends[close])}`
      : undefined;
  }
  const columns = isList && isView ? columnNames(tokens, { open: name.next, close, closers }) : [];
  const list = columns.length > 0 ? ` (${columns.join(', ')})` : '';
  const isMaterialized = [1, 2, 3, 4].some((at) => wordAt(tokens, at) === 'materialized');
  const kind = isView ? (isMaterialized ? 'materialized view' : 'view') : 'table';
  const query = withoutTail(tokens.sql.slice(tokens.starts[body]));
  const isAliased = isKeyword(tokens, body, VALUES);
  return `create ${kind} ${name.text}${list} as ${isAliased ? `select * from ${query}` : query}`;
}

/** Only the end is looked at: over a long run of blanks the search would take its square. */
function withoutTail(query: string): string {
  const tail = query.slice(-LONGEST_TAIL);
  return query.slice(0, query.length - tail.length) + tail.replace(TAIL, '');
}

/** A dotted name, or IDENTIFIER(...) of one literal. */
function readName(tokens: Tokens, from: number) {
  if (wordAt(tokens, from) === 'identifier' && isPunctuation(tokens, from + 1, OPEN)) {
    const close = bracketPairs(tokens)[from + 1] ?? tokens.count;
    const text = close === from + 3 ? tokenText(tokens, from + 2).slice(1, -1) : 'identifier';
    return { text: /^[\w.]+$/.test(text) ? text : 'identifier', next: close + 1 };
  }
  let next = from;
  while (tokens.kinds[next] === WORD || tokens.kinds[next] === QUOTED) {
    next += 1;
    if (!isPunctuation(tokens, next, DOT)) {
      const text = tokens.sql.slice(tokens.starts[from], tokens.ends[next - 1]);
      return { text, next };
    }
    next += 1;
  }
  return undefined;
}

/** Where the query begins: after an AS outside of brackets. */
function bodyAfter(tokens: Tokens, from: number, closers: readonly number[]): number | undefined {
  for (let at = from; at < tokens.count; at += 1) {
    const next = at + 1;
    const isBody =
      isPunctuation(tokens, next, OPEN) ||
      (tokens.kinds[next] === WORD && BODIES.has(tokens.codes[next] ?? 0));
    if (isKeyword(tokens, at, AS) && isBody && !isKeyword(tokens, next + 1, WITH)) {
      return next;
    }
    if (isPunctuation(tokens, at, OPEN)) {
      at = closers[at] ?? tokens.count;
    }
  }
  return undefined;
}

function columnNames(
  tokens: Tokens,
  { open, close, closers }: { open: number; close: number; closers: readonly number[] },
): readonly string[] {
  const names: string[] = [];
  let isFirst = true;
  for (let at = open + 1; at < close; at += 1) {
    if (isFirst && !NO_COLUMN.test(tokenText(tokens, at))) {
      names.push(tokenText(tokens, at));
    }
    isFirst = isPunctuation(tokens, at, COMMA);
    if (isPunctuation(tokens, at, OPEN)) {
      at = closers[at] ?? close;
    }
  }
  return names;
}

function wordAt(tokens: Tokens, index: number): string {
  return tokens.kinds[index] === WORD ? tokenText(tokens, index).toLowerCase() : '';
}
