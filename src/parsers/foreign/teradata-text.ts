import { generic } from '../../sql/dialects/generic.ts';
import { tokenize } from '../../sql/lexer.ts';
import {
  CLOSE,
  COMMA,
  isPunctuation,
  NUMBER,
  OPEN,
  QUOTED,
  SEMICOLON,
  STRING,
  type Tokens,
  WORD,
} from '../../sql/tokens.ts';
import { wordAt } from '../loosen/edits.ts';
import { closingOf, endOf, startOf } from './cursor.ts';
import { type Edit, edited } from './edits.ts';

/** Teradata in words the generic grammar reads: short verbs, comparisons in letters, attribute phrases, kinds of tables. */
export function plainTeradata(sql: string): string {
  const tokens = tokenize(sql, generic.lexical);
  const edits: Edit[] = [];
  for (let index = 0; index < tokens.count; index += 1) {
    const edit =
      shortVerb(tokens, index) ??
      lettered(tokens, index) ??
      attributePhrase(tokens, index) ??
      tableKind(tokens, index) ??
      dataClause(tokens, index) ??
      lock(tokens, index);
    if (edit !== undefined) {
      edits.push(edit);
    }
  }
  return edited(sql, edits);
}

const VERBS: ReadonlyMap<string, string> = new Map([
  ['sel', 'select'],
  ['ins', 'insert'],
  ['upd', 'update'],
  ['del', 'delete'],
]);

/** A verb opens a statement or a query, or follows the words that lead to one. */
function shortVerb(tokens: Tokens, index: number): Edit | undefined {
  const verb = VERBS.get(wordAt(tokens, index));
  const isOpening =
    index === 0 ||
    isPunctuation(tokens, index - 1, OPEN) ||
    isPunctuation(tokens, index - 1, CLOSE) ||
    isPunctuation(tokens, index - 1, SEMICOLON) ||
    ['as', 'all', 'union', 'except', 'minus', 'intersect', 'access'].includes(
      wordAt(tokens, index - 1),
    );
  const isAfterTarget = verb === 'select' && wordAt(tokens, index - 2) === 'into';
  return verb !== undefined && (isOpening || isAfterTarget)
    ? { start: startOf(tokens, index), end: endOf(tokens, index), text: verb }
    : undefined;
}

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['eq', '='],
  ['ne', '<>'],
  ['lt', '<'],
  ['le', '<='],
  ['gt', '>'],
  ['ge', '>='],
  ['mod', '%'],
]);

/** A word between two operands; elsewhere it is a name. */
function lettered(tokens: Tokens, index: number): Edit | undefined {
  const operator = OPERATORS.get(wordAt(tokens, index));
  return operator !== undefined &&
    endsOperand(tokens, index - 1) &&
    startsOperand(tokens, index + 1)
    ? { start: startOf(tokens, index), end: endOf(tokens, index), text: operator }
    : undefined;
}

function isPlainWord(tokens: Tokens, index: number): boolean {
  return tokens.kinds[index] === WORD && tokens.codes[index] === 0;
}

function isValue(tokens: Tokens, index: number): boolean {
  const kind = tokens.kinds[index];
  return kind === QUOTED || kind === STRING || kind === NUMBER || isPlainWord(tokens, index);
}

function endsOperand(tokens: Tokens, index: number): boolean {
  return index >= 0 && (isValue(tokens, index) || isPunctuation(tokens, index, CLOSE));
}

function startsOperand(tokens: Tokens, index: number): boolean {
  const isOpening = isPunctuation(tokens, index, OPEN);
  const isCast = ['cast', 'case', 'date', 'timestamp'].includes(wordAt(tokens, index));
  return index < tokens.count && (isValue(tokens, index) || isOpening || isCast);
}

const PHRASES = new Set(['casespecific', 'cs', 'title', 'format', 'named', 'uppercase']);

/** `(not casespecific)`, `(title 'x')`, `(format 'x')` after a value: how it is shown; `(named x)`: its alias. */
function attributePhrase(tokens: Tokens, index: number): Edit | undefined {
  if (!isPunctuation(tokens, index, OPEN) || !endsOperand(tokens, index - 1)) {
    return undefined;
  }
  const word = wordAt(tokens, index + (wordAt(tokens, index + 1) === 'not' ? 2 : 1));
  const close = PHRASES.has(word) ? closingOf(tokens, index) : tokens.count;
  if (close > index + 3) {
    return undefined;
  }
  const name = tokens.sql.slice(startOf(tokens, index + 2), endOf(tokens, index + 2));
  return {
    start: startOf(tokens, index),
    end: endOf(tokens, close),
    text: word === 'named' ? ` as ${name}` : '',
  };
}

const KINDS = new Set(['multiset', 'set', 'volatile', 'global', 'temporary', 'trace']);

/** The words between CREATE and TABLE. */
function tableKind(tokens: Tokens, index: number): Edit | undefined {
  if (wordAt(tokens, index) !== 'create') {
    return undefined;
  }
  let at = index + 1;
  while (KINDS.has(wordAt(tokens, at))) {
    at += 1;
  }
  return at > index + 1 && wordAt(tokens, at) === 'table'
    ? { start: startOf(tokens, index + 1), end: startOf(tokens, at), text: '' }
    : undefined;
}

/** `with data primary index (a) on commit preserve rows`: to the end of the statement. */
function dataClause(tokens: Tokens, index: number): Edit | undefined {
  const at = wordAt(tokens, index + 1) === 'no' ? index + 2 : index + 1;
  if (wordAt(tokens, index) !== 'with' || wordAt(tokens, at) !== 'data') {
    return undefined;
  }
  let end = at;
  while (end < tokens.count && !isPunctuation(tokens, end, SEMICOLON)) {
    end += 1;
  }
  return { start: endOf(tokens, index - 1), end: endOf(tokens, end - 1), text: '' };
}

/** `locking row for access` before a statement. */
function lock(tokens: Tokens, index: number): Edit | undefined {
  const isLock = wordAt(tokens, index) === 'locking';
  if (!isLock || (index > 0 && !isPunctuation(tokens, index - 1, SEMICOLON))) {
    return undefined;
  }
  for (let at = index; at < Math.min(index + 12, tokens.count); at += 1) {
    if (['access', 'read', 'write', 'exclusive', 'share'].includes(wordAt(tokens, at))) {
      return { start: startOf(tokens, index), end: endOf(tokens, at), text: '' };
    }
    if (isPunctuation(tokens, at, COMMA)) {
      return undefined;
    }
  }
  return undefined;
}
