import { bracketPairs } from './bracket-pairs.ts';
import type { Dialect } from './dialect.ts';
import { keyword } from './keywords.ts';
import { tokenizeForNow } from './lexer.ts';
import type { Tokens } from './tokens.ts';
import {
  CLOSE,
  COMMA,
  DOT,
  isKeyword,
  isPunctuation,
  MINUS,
  OPEN,
  QUOTED,
  tokenText,
  WORD,
} from './tokens.ts';

/** What tokens alone tell of a statement no grammar accepted: of low confidence. */
export interface TokenFacts {
  /** Names as written, quotes off, dotted, each once in order of appearance. */
  readonly tables: readonly string[];
}

const AS = keyword('as');
const DELETE = keyword('delete');
const DISTINCT = keyword('distinct');
const FROM = keyword('from');
const INSERT = keyword('insert');
const INTO = keyword('into');
const IS = keyword('is');
const JOIN = keyword('join');
const ONLY = keyword('only');
const OVERWRITE = keyword('overwrite');
const RECURSIVE = keyword('recursive');
const TABLE = keyword('table');
const UPDATE = keyword('update');
const USING = keyword('using');
const MERGE = keyword('merge');
const WITH = keyword('with');

/** After these a FROM list goes on; any other clause ends it. */
const LIST_ENDERS = new Set(
  `where group order having limit offset qualify window union intersect except minus select set values when
  fetch`
    .split(/\s+/)
    .map(keyword),
);
const NOT_NAMES = new Set(['lateral', 'select', 'values', 'unnest', 'set', 'where', 'dual']);

interface Reading {
  readonly tokens: Tokens;
  readonly ctes: ReadonlySet<string>;
  readonly tables: Map<string, string>;
  /** BigQuery names projects with dashes: `my-project.sales.orders`. */
  readonly dashes: boolean;
}

/**
 * Relations named after FROM, JOIN, INTO, UPDATE, MERGE INTO and USING (of a MERGE or DELETE), through comma lists;
 * not names of CTEs, not functions, not the FROM of EXTRACT, TRIM and SUBSTRING.
 */
export function tokenFacts(sql: string, dialect: Dialect): TokenFacts {
  return tokenFactsOf(tokenizeForNow(sql, dialect.lexical), dialect);
}

export function tokenFactsOf(tokens: Tokens, dialect: Dialect): TokenFacts {
  const reading: Reading = {
    tokens,
    ctes: cteNames(tokens),
    tables: new Map(),
    dashes: dialect.lexical.dashedNames === true,
  };
  /** For each bracket: whether it is a call's, and whether a FROM list is open in it. */
  const levels = [{ isCall: false, inFrom: false }];
  let isMerge = false;

  for (let index = 0; index < tokens.count; index += 1) {
    const level = levels.at(-1) ?? { isCall: false, inFrom: false };
    const code = tokens.codes[index] ?? 0;
    if (isPunctuation(tokens, index, OPEN)) {
      levels.push({ isCall: isCallAt(tokens, index), inFrom: false });
    } else if (isPunctuation(tokens, index, CLOSE)) {
      levels.length = Math.max(1, levels.length - 1);
    } else if (isPunctuation(tokens, index, COMMA) && level.inFrom) {
      noteTable(reading, index + 1);
    } else if (tokens.kinds[index] !== WORD || code === 0) {
      continue;
    } else if (code === MERGE || code === DELETE) {
      isMerge = true;
    } else if (
      code === JOIN ||
      (code === FROM && !level.isCall && !isDistinctFrom(tokens, index))
    ) {
      level.inFrom = true;
      noteTable(reading, index + 1);
    } else if (code === USING && isMerge && !level.isCall) {
      noteTable(reading, index + 1);
    } else if (code === INTO || (code === UPDATE && startsStatement(tokens, index))) {
      noteTable(reading, index + 1);
    } else if (code === INSERT && isKeyword(tokens, index + 1, OVERWRITE)) {
      noteTable(reading, index + 2);
    } else if (LIST_ENDERS.has(code)) {
      level.inFrom = false;
    }
  }
  return { tables: [...reading.tables.values()] };
}

/** Only where a statement begins: not ON CONFLICT DO UPDATE, WHEN MATCHED THEN UPDATE, FOR UPDATE. */
function startsStatement(tokens: Tokens, index: number): boolean {
  return (
    index === 0 ||
    isPunctuation(tokens, index - 1, CLOSE) ||
    tokens.sql[tokens.starts[index - 1] ?? 0] === ';'
  );
}

function isDistinctFrom(tokens: Tokens, index: number): boolean {
  if (!isKeyword(tokens, index - 1, DISTINCT)) {
    return false;
  }
  return isKeyword(tokens, index - 2, IS) || tokenText(tokens, index - 2).toLowerCase() === 'not';
}

/** A bracket after a plain word belongs to a call; after a keyword such as IN or FROM it does not. */
function isCallAt(tokens: Tokens, index: number): boolean {
  return index > 0 && tokens.kinds[index - 1] === WORD && tokens.codes[index - 1] === 0;
}

function noteTable({ tokens, ctes, tables, dashes }: Reading, from: number): void {
  let index = from;
  while ([ONLY, TABLE, INTO].some((word) => isKeyword(tokens, index, word))) {
    index += 1;
  }
  const parts: string[] = [];
  for (;;) {
    const kind = tokens.kinds[index];
    if (kind !== WORD && kind !== QUOTED) {
      break;
    }
    parts.push(nameAt(tokens, index));
    index += 1;
    while (dashes && isDash(tokens, index)) {
      parts.push(`${parts.pop() ?? ''}-${nameAt(tokens, index + 1)}`);
      index += 2;
    }
    if (!isPunctuation(tokens, index, DOT)) {
      break;
    }
    index += 1;
  }
  const name = parts.join('.');
  const isName = name !== '' && !NOT_NAMES.has(name.toLowerCase());
  const isFunction = isPunctuation(tokens, index, OPEN) && !isKeyword(tokens, from - 1, INTO);
  if (isName && !isFunction && !(parts.length === 1 && ctes.has(name.toLowerCase()))) {
    tables.set(name, name);
  }
}

/** A minus that touches both its neighbours. */
function isDash(tokens: Tokens, index: number): boolean {
  return (
    isPunctuation(tokens, index, MINUS) &&
    tokens.ends[index - 1] === tokens.starts[index] &&
    tokens.ends[index] === tokens.starts[index + 1]
  );
}

function nameAt(tokens: Tokens, index: number): string {
  const text = tokenText(tokens, index);
  if (tokens.kinds[index] !== QUOTED) {
    return text;
  }
  const quote = text.at(-1) ?? '';
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

/** Names defined by `name [(columns)] AS [[NOT] MATERIALIZED] (` anywhere after a WITH, lower case. */
function cteNames(tokens: Tokens): Set<string> {
  const names = new Set<string>();
  const closers = bracketPairs(tokens);
  const afterBracket = (open: number): number => (closers[open] ?? tokens.count) + 1;
  for (let index = 0; index < tokens.count; index += 1) {
    if (!isKeyword(tokens, index, WITH)) {
      continue;
    }
    let next = isKeyword(tokens, index + 1, RECURSIVE) ? index + 2 : index + 1;
    for (;;) {
      const name = next;
      next = isPunctuation(tokens, next + 1, OPEN) ? afterBracket(next + 1) : next + 1;
      if (tokens.kinds[name] !== WORD && tokens.kinds[name] !== QUOTED) {
        break;
      }
      if (!isKeyword(tokens, next, AS)) {
        break;
      }
      names.add(nameAt(tokens, name).toLowerCase());
      const open = openAfter(tokens, next + 1);
      next = open === -1 ? tokens.count : afterBracket(open);
      if (!isPunctuation(tokens, next, COMMA)) {
        break;
      }
      next += 1;
    }
  }
  return names;
}

/** The bracket after AS, past [NOT] MATERIALIZED. */
function openAfter(tokens: Tokens, from: number): number {
  for (let index = from; index < from + 3; index += 1) {
    if (isPunctuation(tokens, index, OPEN)) {
      return index;
    }
  }
  return -1;
}
