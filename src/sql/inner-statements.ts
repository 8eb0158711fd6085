import type { Dialect } from './dialect.ts';
import { tokenize } from './lexer.ts';
import {
  CLOSE,
  isPunctuation,
  OPEN,
  SEMICOLON,
  STRING,
  type Tokens,
  tokenText,
  WORD,
} from './tokens.ts';

/** Statements that move data, by their first word; what must follow it, where the word alone says too little. */
const VERBS: ReadonlyMap<string, ReadonlySet<string> | undefined> = new Map([
  ['insert', undefined],
  ['merge', undefined],
  ['update', undefined],
  ['delete', undefined],
  ['create', new Set('table or view temp temporary transient materialized'.split(' '))],
]);

/** Before a verb these make it part of something else: ON CONFLICT DO UPDATE, FOR UPDATE, AFTER INSERT... */
const NOT_BEFORE = new Set(
  'for on before after or of key not do then matched and instead'.split(' '),
);

/** After these a statement of a block may begin. */
const OPENS_BLOCK = new Set('begin then else loop do as'.split(' '));

/** The word that ends a block; what stands from there on is no part of a statement. */
const ENDS_BLOCK = new Set(['end', 'exception']);

/**
 * The statements that move data inside a text that is no list of statements: the body of a procedure or a script,
 * quoted by dollars or not, and statements with nothing between them. Each is a guess to be parsed.
 */
export function innerStatements(sql: string, dialect: Dialect): readonly string[] {
  const tokens = tokenize(sql, dialect.lexical);
  const found: string[] = [];
  let start: number | undefined;
  let depth = 0;

  function close(end: number): void {
    if (start !== undefined) {
      found.push(sql.slice(tokens.starts[start], end).trim());
    }
    start = undefined;
  }

  for (let index = 0; index < tokens.count; index += 1) {
    depth += isPunctuation(tokens, index, OPEN) ? 1 : 0;
    depth -= isPunctuation(tokens, index, CLOSE) ? 1 : 0;
    const body = start === undefined ? dollarBody(tokens, index) : undefined;
    if (body !== undefined) {
      found.push(...innerStatements(body, dialect));
    }
    if (depth > 0) {
      continue;
    }
    const isOver = isPunctuation(tokens, index, SEMICOLON) || ENDS_BLOCK.has(wordAt(tokens, index));
    if (isOver && !isCaseEnd(tokens, { start, index })) {
      close(tokens.starts[index] ?? sql.length);
    } else if (begins(tokens, { start, index })) {
      close(tokens.starts[index] ?? sql.length);
      start = index;
    }
  }
  close(sql.length);
  return found;
}

interface Place {
  /** Where the statement around begins. */
  readonly start: number | undefined;
  readonly index: number;
}

function wordAt(tokens: Tokens, index: number): string {
  return tokens.kinds[index] === WORD ? tokenText(tokens, index).toLowerCase() : '';
}

function dollarBody(tokens: Tokens, index: number): string | undefined {
  const text = tokens.kinds[index] === STRING ? tokenText(tokens, index) : '';
  return /^\$[^$]*\$([\s\S]*)\$[^$]*\$$/.exec(text)?.[1];
}

/** The END of a CASE inside a statement ends the CASE. */
function isCaseEnd(tokens: Tokens, { start, index }: Place): boolean {
  if (start === undefined || wordAt(tokens, index) !== 'end') {
    return false;
  }
  let open = 0;
  for (let at = start; at < index; at += 1) {
    open += wordAt(tokens, at) === 'case' ? 1 : 0;
    open -= wordAt(tokens, at) === 'end' ? 1 : 0;
  }
  return open > 0;
}

function begins(tokens: Tokens, { start, index }: Place): boolean {
  const word = wordAt(tokens, index);
  const before = wordAt(tokens, index - 1);
  const isCte = word === 'with' && start === undefined && isWithCte(tokens, index);
  if (isCte) {
    return true;
  }
  const following = VERBS.get(word);
  const isVerb =
    VERBS.has(word) && (following === undefined || following.has(wordAt(tokens, index + 1)));
  if (!isVerb) {
    return false;
  }
  if (start === undefined) {
    return !NOT_BEFORE.has(before) || OPENS_BLOCK.has(before);
  }
  const isOpenWith = wordAt(tokens, start) === 'with';
  return !isOpenWith && !NOT_BEFORE.has(before) && wordAt(tokens, start) !== 'merge';
}

function isWithCte(tokens: Tokens, index: number): boolean {
  const next = wordAt(tokens, index + 1) === 'recursive' ? index + 2 : index + 1;
  return (
    (wordAt(tokens, next + 1) === 'as' && isPunctuation(tokens, next + 2, OPEN)) ||
    (wordAt(tokens, index + 1) === 'recursive' && isPunctuation(tokens, next + 1, OPEN))
  );
}
