import type { Dialect } from './dialect.ts';
import { isBlock } from './is-block.ts';
import { keyword } from './keywords.ts';
import { tokenize } from './lexer.ts';
import type { Tokens } from './tokens.ts';
import { CLOSE, isKeyword, isPunctuation, OPEN, QUOTED, tokenText, WORD } from './tokens.ts';

export type StatementKind =
  | 'query'
  | 'ctas'
  | 'view'
  | 'insert'
  | 'update'
  | 'delete'
  | 'merge'
  | 'ddl'
  | 'session'
  | 'transaction'
  | 'explain'
  | 'copy'
  | 'other';

/** What a statement does, told from its leading words alone. */
export interface StatementClass {
  readonly kind: StatementKind;
  /** The leading keyword or keywords, lower case: `select`, `create table`, `drop view`; empty for an empty text. */
  readonly verb: string;
}

const KIND_BY_VERB: ReadonlyMap<string, StatementKind> = new Map(
  Object.entries({
    query: 'select from values table pivot unpivot summarize',
    insert: 'insert replace upsert',
    update: 'update',
    delete: 'delete',
    merge: 'merge',
    ddl: `create alter drop truncate rename comment grant revoke analyze analyse vacuum optimize cluster reindex
      refresh undrop msck cache uncache clear`,
    session: `set reset unset use pragma show describe desc declare prepare deallocate execute exec call load install
      attach detach checkpoint kill lock unlock listen notify unlisten discard list ls fetch close move do add let`,
    transaction: 'begin start commit rollback savepoint release abort end',
    explain: 'explain',
    copy: 'copy unload export import put get remove rm',
  }).flatMap(([kind, verbs]) =>
    verbs.split(/\s+/).map((verb): [string, StatementKind] => [verb, kind as StatementKind]),
  ),
);

const AS = keyword('as');
const SELECT = keyword('select');
const WITH = keyword('with');

/** Words between CREATE and the kind of object. */
const MODIFIERS = new Set(
  `or replace temp temporary local global transient unlogged external materialized recursive force secure volatile
  dynamic streaming live iceberg hybrid persistent refresh foreign unique algorithm if not exists`.split(
    /\s+/,
  ),
);
/** Two-word verbs are told in full for these. */
const WITH_OBJECT = new Set(['create', 'drop', 'alter', 'truncate', 'refresh', 'start']);

/** Verbs that are functions where a bracket follows: an expression by itself is no statement. */
const CALLED = new Set(['insert', 'replace']);

export function classifyStatement(sql: string, dialect: Dialect): StatementClass {
  return classifyTokens(tokenize(sql, dialect.lexical));
}

/** Of the first statement of the tokens. */
export function classifyTokens(tokens: Tokens): StatementClass {
  const first = skipOpening(tokens);
  const verb = wordAt(tokens, first);
  if (isPunctuation(tokens, first + 1, OPEN) && CALLED.has(verb)) {
    return { kind: 'other', verb };
  }
  if (isKeyword(tokens, first, WITH)) {
    if (isKeyword(tokens, first + 2, AS) && wordAt(tokens, first + 3) === 'procedure') {
      return { kind: 'session', verb: 'call' };
    }
    return classifyAfterWith(tokens, first + 1);
  }
  if (isBlock(tokens, first)) {
    return { kind: 'other', verb: 'begin block' };
  }
  if (verb === 'create') {
    return classifyCreate(tokens, first + 1);
  }
  if (verb === 'refresh' || WITH_OBJECT.has(verb)) {
    return {
      kind: KIND_BY_VERB.get(verb) ?? 'other',
      verb: `${verb} ${objectAt(tokens, first + 1)}`.trim(),
    };
  }
  if (verb === 'explain' || verb === 'describe' || verb === 'desc') {
    return { kind: verb === 'explain' ? 'explain' : 'session', verb };
  }
  return { kind: KIND_BY_VERB.get(verb) ?? 'other', verb };
}

function skipOpening(tokens: Tokens): number {
  let index = 0;
  while (isPunctuation(tokens, index, OPEN)) {
    index += 1;
  }
  return index;
}

/** The word that stands outside the brackets of the CTEs and is a statement's verb. */
function classifyAfterWith(tokens: Tokens, from: number): StatementClass {
  let depth = 0;
  for (let index = from; index < tokens.count; index += 1) {
    if (isPunctuation(tokens, index, OPEN)) {
      depth += 1;
    } else if (isPunctuation(tokens, index, CLOSE)) {
      depth -= 1;
    } else if (depth === 0 && tokens.kinds[index] === WORD && tokens.codes[index] !== 0) {
      const kind = KIND_BY_VERB.get(wordAt(tokens, index));
      if (
        kind === 'query' ||
        kind === 'insert' ||
        kind === 'update' ||
        kind === 'delete' ||
        kind === 'merge'
      ) {
        return { kind, verb: wordAt(tokens, index) };
      }
    }
  }
  return { kind: 'query', verb: 'with' };
}

function classifyCreate(tokens: Tokens, from: number): StatementClass {
  const object = objectAt(tokens, from);
  const verb = `create ${object}`.trim();
  if (object === 'view') {
    return { kind: hasWord(tokens, from, AS) ? 'view' : 'ddl', verb };
  }
  return { kind: object === 'table' && hasBodyQuery(tokens, from) ? 'ctas' : 'ddl', verb };
}

/** The first word that is no modifier: `table`, `view`, `function`; `materialized view` counts as a view. */
function objectAt(tokens: Tokens, from: number): string {
  for (let index = from; index < tokens.count; index += 1) {
    const word = wordAt(tokens, index);
    if (!MODIFIERS.has(word)) {
      const isFunction = word === 'table' && isTableFunction(tokens, index);
      return isFunction ? 'function' : word;
    }
  }
  return '';
}

/** BigQuery's `CREATE TABLE FUNCTION f(...)`; a table may be named `function`, too. */
function isTableFunction(tokens: Tokens, index: number): boolean {
  const name = tokens.kinds[index + 2];
  const isNamed = name === QUOTED || (name === WORD && !isKeyword(tokens, index + 2, AS));
  return wordAt(tokens, index + 1) === 'function' && isNamed;
}

function hasWord(tokens: Tokens, from: number, code: number): boolean {
  for (let index = from; index < tokens.count; index += 1) {
    if (isKeyword(tokens, index, code)) {
      return true;
    }
  }
  return false;
}

/** AS followed, brackets apart, by a query. */
function hasBodyQuery(tokens: Tokens, from: number): boolean {
  for (let index = from; index < tokens.count; index += 1) {
    if (!isKeyword(tokens, index, AS)) {
      continue;
    }
    let next = index + 1;
    while (isPunctuation(tokens, next, OPEN)) {
      next += 1;
    }
    if (
      isKeyword(tokens, next, SELECT) ||
      isKeyword(tokens, next, WITH) ||
      isQueryVerb(wordAt(tokens, next))
    ) {
      return true;
    }
  }
  return false;
}

function isQueryVerb(word: string): boolean {
  return word === 'from' || word === 'values' || word === 'table';
}

function wordAt(tokens: Tokens, index: number): string {
  return tokens.kinds[index] === WORD ? tokenText(tokens, index).toLowerCase() : '';
}
