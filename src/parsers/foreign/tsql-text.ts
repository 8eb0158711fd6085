import { generic } from '../../sql/dialects/generic.ts';
import { tokenize } from '../../sql/lexer.ts';
import {
  CLOSE,
  COMMA,
  DOT,
  isPunctuation,
  OPEN,
  QUOTED,
  SEMICOLON,
  type Tokens,
  tokenText,
  WORD,
} from '../../sql/tokens.ts';
import { wordAt } from '../loosen/edits.ts';
import { argumentsOf, closingOf, endOf, startOf } from './cursor.ts';
import { type Edit, edited } from './edits.ts';

/**
 * T-SQL in words the generic grammar reads: `[name]` quoted as ANSI does, `alias = expr` of a select list as
 * `expr as alias`, `x += y` as `x = x + y`, `convert(type, expr)` as a cast, APPLY as a lateral join.
 */
export function plainTsql(sql: string): string {
  const quoted = withoutBrackets(sql);
  const tokens = tokenize(quoted, generic.lexical);
  const edits: Edit[] = [];
  for (let index = 0; index < tokens.count; index += 1) {
    edits.push(
      ...selectAliases(tokens, index),
      ...compoundAssignment(tokens, index),
      ...conversion(tokens, index),
      ...apply(tokens, index),
      ...pivotValues(tokens, index),
    );
  }
  return edited(quoted, edits);
}

function withoutBrackets(sql: string): string {
  const tokens = tokenize(sql, { ...generic.lexical, bracketIdentifiers: true });
  const edits: Edit[] = [];
  for (let index = 0; index < tokens.count; index += 1) {
    const text = tokenText(tokens, index);
    if (tokens.kinds[index] === QUOTED && text.startsWith('[') && text.endsWith(']')) {
      const name = text.slice(1, -1).replaceAll(']]', ']').replaceAll('"', '""');
      edits.push({
        start: startOf(tokens, index),
        end: endOf(tokens, index),
        text: `"${name}"`,
      });
    }
  }
  return edited(sql, edits);
}

const AFTER_SELECT = new Set(['distinct', 'all']);
const ENDS_LIST = new Set(
  'from into where group having order union intersect except option'.split(' '),
);

/** The items of the list of the SELECT at `index`. */
function selectAliases(tokens: Tokens, index: number): readonly Edit[] {
  if (wordAt(tokens, index) !== 'select') {
    return [];
  }
  const edits: Edit[] = [];
  let item = firstItem(tokens, index + 1);
  for (let at = item; at <= tokens.count; at += 1) {
    if (isPunctuation(tokens, at, OPEN)) {
      at = closingOf(tokens, at);
      continue;
    }
    const isEnd = endsList(tokens, at);
    if (isEnd || isPunctuation(tokens, at, COMMA)) {
      edits.push(...aliasFirst(tokens, { item, end: at }));
      item = at + 1;
    }
    if (isEnd) {
      break;
    }
  }
  return edits;
}

function firstItem(tokens: Tokens, start: number): number {
  let at = start;
  while (AFTER_SELECT.has(wordAt(tokens, at))) {
    at += 1;
  }
  if (wordAt(tokens, at) === 'top') {
    at = isPunctuation(tokens, at + 1, OPEN) ? closingOf(tokens, at + 1) + 1 : at + 2;
  }
  return at;
}

function endsList(tokens: Tokens, at: number): boolean {
  return (
    at >= tokens.count ||
    ENDS_LIST.has(wordAt(tokens, at)) ||
    isPunctuation(tokens, at, CLOSE) ||
    isPunctuation(tokens, at, SEMICOLON)
  );
}

/** `alias = expr`: a select list has no conditions, so the sign can mean nothing else. Variables are left alone. */
function aliasFirst(
  tokens: Tokens,
  { item, end }: { readonly item: number; readonly end: number },
): readonly Edit[] {
  const kind = tokens.kinds[item];
  const isName = kind === WORD || kind === QUOTED;
  if (!isName || tokenText(tokens, item + 1) !== '=' || end <= item + 2) {
    return [];
  }
  const last = endOf(tokens, end - 1);
  return [
    { start: startOf(tokens, item), end: endOf(tokens, item + 1), text: '' },
    { start: last, end: last, text: ` as ${tokenText(tokens, item)}` },
  ];
}

const COMPOUND = new Set('+-*/%&|^');

/** The sign is two tokens to the lexer, or one with its `=`. */
function compoundAssignment(tokens: Tokens, index: number): readonly Edit[] {
  const start = startOf(tokens, index);
  const op = tokens.sql[start] ?? '';
  const isCompound = COMPOUND.has(op) && tokens.sql[start + 1] === '=';
  const name = isCompound ? nameBefore(tokens, index) : undefined;
  return name === undefined ? [] : [{ start, end: start + 2, text: `= ${name} ${op}` }];
}

/** The dotted name that ends before a token. */
function nameBefore(tokens: Tokens, index: number): string | undefined {
  let first = index - 1;
  const isName = (at: number) => tokens.kinds[at] === WORD || tokens.kinds[at] === QUOTED;
  if (!isName(first)) {
    return undefined;
  }
  while (isPunctuation(tokens, first - 1, DOT) && isName(first - 2)) {
    first -= 2;
  }
  return tokens.sql.slice(startOf(tokens, first), endOf(tokens, index - 1));
}

function conversion(tokens: Tokens, index: number): readonly Edit[] {
  const word = wordAt(tokens, index);
  if ((word !== 'convert' && word !== 'try_convert') || !isPunctuation(tokens, index + 1, OPEN)) {
    return [];
  }
  const [type, value] = argumentsOf(tokens, index + 1);
  if (type === undefined || value === undefined) {
    return [];
  }
  const cast = word === 'convert' ? 'cast' : 'try_cast';
  return [
    {
      start: startOf(tokens, index),
      end: endOf(tokens, closingOf(tokens, index + 1)),
      text: `${cast}(${plainTsql(value)} as ${type})`,
    },
  ];
}

/** `cross apply (select ...)` and `outer apply ...`. */
function apply(tokens: Tokens, index: number): readonly Edit[] {
  const word = wordAt(tokens, index);
  const isApply = (word === 'cross' || word === 'outer') && wordAt(tokens, index + 1) === 'apply';
  if (!isApply || !isPunctuation(tokens, index + 2, OPEN)) {
    return [];
  }
  const start = startOf(tokens, index);
  const end = endOf(tokens, index + 1);
  if (word === 'cross') {
    return [{ start, end, text: 'cross join lateral' }];
  }
  const alias = aliasAfter(tokens, closingOf(tokens, index + 2));
  return [
    { start, end, text: 'left join lateral' },
    { start: alias, end: alias, text: ' on true' },
  ];
}

/** `for q in ([a], [b])`: the values are written as the names of the columns they make. */
function pivotValues(tokens: Tokens, index: number): readonly Edit[] {
  const isList =
    wordAt(tokens, index) === 'for' &&
    wordAt(tokens, index + 2) === 'in' &&
    isPunctuation(tokens, index + 3, OPEN);
  const close = isList ? closingOf(tokens, index + 3) : index;
  const edits: Edit[] = [];
  for (let at = index + 4; at < close; at += 1) {
    if (tokens.kinds[at] === QUOTED || tokens.kinds[at] === WORD) {
      const name = tokenText(tokens, at);
      const value = name.replace(/^"(.*)"$/, '$1').replaceAll("'", "''");
      edits.push({
        start: startOf(tokens, at),
        end: endOf(tokens, at),
        text: `'${value}' as ${name}`,
      });
    }
  }
  return edits;
}

/** Where the alias after a closing bracket ends. */
function aliasAfter(tokens: Tokens, close: number): number {
  const isAs = wordAt(tokens, close + 1) === 'as';
  return endOf(tokens, close + (isAs ? 2 : 1));
}
