import type { Dialect } from '../sql/dialect.ts';
import { tokenize } from '../sql/lexer.ts';
import {
  CLOSE,
  COMMA,
  DOT,
  isPunctuation,
  NUMBER,
  OPEN,
  PARAMETER,
  QUOTED,
  type Span,
  STRING,
  type Tokens,
  WORD,
} from '../sql/tokens.ts';
import { bare, endOfPath, isIdentifier, pathAt, wordAt } from './token-names.ts';

/** A relation named in a FROM clause. */
export interface NamedTable extends Span {
  /** As written, without quotes, outermost first. */
  readonly path: readonly string[];
  readonly alias: string | undefined;
  /** After the alias, or after the name where there is none. */
  readonly refEnd: number;
  readonly block: number;
}

/** A name that may stand for a column. */
export interface NamedColumn extends Span {
  readonly name: string;
  /** What stands before its dot, without quotes; absent for a bare name. */
  readonly qualifier: string | undefined;
  readonly block: number;
  /** It is all there is of an item of the SELECT list, so that the output takes its name. */
  readonly namesOutput: boolean;
}

export interface NamesInText {
  readonly tables: readonly NamedTable[];
  readonly columns: readonly NamedColumn[];
  /** By SELECT: the one around it. */
  readonly parents: readonly (number | undefined)[];
}

type Clause = 'none' | 'items' | 'from' | 'other';

/** What one bracket, or the text itself, is in the middle of. */
interface Frame {
  block: number;
  clause: Clause;
  /** The next name is a relation's. */
  wantsTable: boolean;
  /** Where the open item of the SELECT list begins. */
  itemAt: number;
}

/**
 * The names of relations and columns in a text, with their places, as tokens tell them: enough to propose an edit, never to trust
 * one. What is made of them is read again by a parser and compared.
 */
export function namesInText(sql: string, dialect: Dialect): NamesInText {
  const tokens = tokenize(sql, dialect.lexical);
  const tables: NamedTable[] = [];
  const columns: NamedColumn[] = [];
  const parents: (number | undefined)[] = [];
  let frame: Frame = { block: -1, clause: 'none', wantsTable: false, itemAt: -1 };
  const around: Frame[] = [];
  for (let at = 0; at < tokens.count; at += 1) {
    if (isPunctuation(tokens, at, OPEN)) {
      around.push(frame);
      const { block, wantsTable } = frame;
      // Joins may stand in brackets.
      frame = { block, clause: wantsTable ? 'from' : 'none', wantsTable, itemAt: -1 };
      continue;
    }
    if (isPunctuation(tokens, at, CLOSE)) {
      frame = around.pop() ?? frame;
      frame.wantsTable = false;
      continue;
    }
    if (isPunctuation(tokens, at, COMMA)) {
      frame.wantsTable = frame.clause === 'from';
      frame.itemAt = at + 1;
      continue;
    }
    const word = wordAt(tokens, at);
    if (word === 'select') {
      parents.push(frame.block < 0 ? undefined : frame.block);
      const isAll = ['distinct', 'all'].includes(wordAt(tokens, at + 1));
      frame.block = parents.length - 1;
      frame.clause = 'items';
      frame.itemAt = at + (isAll ? 2 : 1);
      at += isAll ? 1 : 0;
    } else if (
      word === 'from' &&
      frame.clause === 'items' &&
      wordAt(tokens, at - 1) !== 'distinct'
    ) {
      frame.clause = 'from';
      frame.wantsTable = true;
    } else if (word === 'join' && frame.clause === 'from') {
      frame.wantsTable = true;
    } else if (SETS.has(word)) {
      frame.block = parents[frame.block] ?? -1;
      frame.clause = 'none';
    } else if (CLAUSES.has(word) && frame.clause !== 'none') {
      frame.clause = 'other';
      frame.wantsTable = false;
    } else if (frame.wantsTable && isName(tokens, at)) {
      const table = tableAt(tokens, { at, block: frame.block });
      frame.wantsTable = false;
      if (table !== undefined) {
        tables.push(table.named);
        at = table.last;
      }
    } else if (isName(tokens, at) && !isPunctuation(tokens, at - 1, DOT)) {
      const last = endOfPath(tokens, at);
      if (mayBeColumn(tokens, { at, last })) {
        columns.push({
          start: tokens.starts[last] ?? 0,
          end: tokens.ends[last] ?? 0,
          name: bare(tokens, last),
          qualifier: last === at ? undefined : bare(tokens, last - 2),
          block: frame.block,
          namesOutput:
            frame.clause === 'items' && frame.itemAt === at && endsItem(tokens, last + 1),
        });
      }
      at = last;
    }
  }
  return { tables, columns, parents };
}

const SETS: ReadonlySet<string> = new Set(['union', 'intersect', 'except', 'minus']);
const CLAUSES: ReadonlySet<string> = new Set([
  'where',
  'group',
  'having',
  'order',
  'limit',
  'qualify',
  'window',
]);
/** Words that never name a table or begin an alias here. */
const NOT_NAMES: ReadonlySet<string> = new Set([
  ...SETS,
  ...CLAUSES,
  ...'select from join on using inner left right full outer cross natural lateral semi anti asof as and or not is null in case when then else end between like ilike exists distinct by over partition filter within with recursive offset fetch'.split(
    ' ',
  ),
]);

function tableAt(
  tokens: Tokens,
  { at, block }: { readonly at: number; readonly block: number },
): { readonly named: NamedTable; readonly last: number } | undefined {
  const last = endOfPath(tokens, at);
  if (isPunctuation(tokens, last + 1, OPEN)) {
    return undefined;
  }
  const aliasAt = wordAt(tokens, last + 1) === 'as' ? last + 2 : last + 1;
  const hasAlias = isName(tokens, aliasAt);
  const end = tokens.ends[last] ?? 0;
  return {
    named: {
      start: tokens.starts[at] ?? 0,
      end,
      path: pathAt(tokens, { at, last }),
      alias: hasAlias ? bare(tokens, aliasAt) : undefined,
      refEnd: hasAlias ? (tokens.ends[aliasAt] ?? 0) : end,
      block,
    },
    last: hasAlias ? aliasAt : last,
  };
}

/** Not a function, not the name an expression is given, not the type after a cast. */
function mayBeColumn(
  tokens: Tokens,
  { at, last }: { readonly at: number; readonly last: number },
): boolean {
  if (isPunctuation(tokens, last + 1, OPEN) || wordAt(tokens, at - 1) === 'as') {
    return false;
  }
  const kind = at === 0 ? undefined : tokens.kinds[at - 1];
  const followsValue =
    kind === NUMBER ||
    kind === STRING ||
    kind === PARAMETER ||
    kind === QUOTED ||
    isPunctuation(tokens, at - 1, CLOSE) ||
    (kind === WORD && !PRECEDES_VALUE.has(wordAt(tokens, at - 1)));
  return at === 0 || !followsValue;
}

const PRECEDES_VALUE: ReadonlySet<string> = new Set([
  ...NOT_NAMES,
  'all',
  'any',
  'some',
  'asc',
  'desc',
  'first',
  'last',
]);

function endsItem(tokens: Tokens, at: number): boolean {
  return (
    at >= tokens.count ||
    isPunctuation(tokens, at, COMMA) ||
    isPunctuation(tokens, at, CLOSE) ||
    wordAt(tokens, at) === 'from' ||
    SETS.has(wordAt(tokens, at))
  );
}

function isName(tokens: Tokens, at: number): boolean {
  return isIdentifier(tokens, at) && !NOT_NAMES.has(wordAt(tokens, at));
}
