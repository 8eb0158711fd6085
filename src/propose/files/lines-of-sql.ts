import type { Dialect } from '../../sql/dialect.ts';
import { tokenize } from '../../sql/lexer.ts';
import {
  CLOSE,
  CLOSE_BRACKET,
  COMMA,
  DOT,
  isPunctuation,
  OPEN,
  OPEN_BRACKET,
  type Tokens,
  tokenText,
  WORD,
} from '../../sql/tokens.ts';

/** What fits a line is left on it. */
const MOST_ON_A_LINE = 80;

const BEGIN_A_CLAUSE: ReadonlySet<string> = new Set(
  'select from where group having qualify window order limit offset union intersect except'.split(
    ' ',
  ),
);
const BEFORE_JOIN: ReadonlySet<string> = new Set(
  'inner left right full outer cross natural asof semi anti positional join'.split(' '),
);

/**
 * A statement that an engine keeps on one long line, as it does the text of a view, with a clause and an item a line: so that a diff shows
 * what changed. Nothing changes but the blanks between its words; a text of several lines or with comments has a layout of its own
 * and stays as it is.
 */
export function linesOfSql(sql: string, { lexical }: Dialect): string {
  const tokens = tokenize(sql, lexical);
  if (sql.length <= MOST_ON_A_LINE || /[\r\n]/.test(sql) || tokens.comments.length > 0) {
    return sql;
  }
  let depth = 0;
  let clause = '';
  let isBetween = false;
  let text = '';
  let at = 0;
  for (let index = 0; index < tokens.count; index += 1) {
    const start = tokens.starts[index] ?? sql.length;
    const word = depth === 0 ? wordAt(tokens, index) : '';
    const begins = word !== '' && beginsLine(tokens, index);
    const isNextItem =
      depth === 0 && clause === 'select' && isPunctuation(tokens, index - 1, COMMA);
    const isNextCondition = word === 'and' && !isBetween && clause !== 'select';
    const blank = sql.slice(at, start);
    text += begins && index > 0 ? '\n' : isNextItem || isNextCondition ? '\n  ' : blank;
    if (begins) {
      clause = word;
    }
    isBetween = word === 'between' || (isBetween && word !== 'and');
    depth += depthAfter(tokens, index);
    at = tokens.ends[index] ?? sql.length;
    text += sql.slice(start, at);
  }
  return text + sql.slice(at);
}

function depthAfter(tokens: Tokens, index: number): number {
  const opens = isPunctuation(tokens, index, OPEN) || isPunctuation(tokens, index, OPEN_BRACKET);
  const closes = isPunctuation(tokens, index, CLOSE) || isPunctuation(tokens, index, CLOSE_BRACKET);
  return Number(opens) - Number(closes);
}

/** The word in lower case; nothing for a name after a dot, a function's name and what is no word. */
function wordAt(tokens: Tokens, index: number): string {
  const isName = isPunctuation(tokens, index - 1, DOT) || isPunctuation(tokens, index + 1, DOT);
  return tokens.kinds[index] === WORD && !isName ? tokenText(tokens, index).toLowerCase() : '';
}

function beginsLine(tokens: Tokens, index: number): boolean {
  const [before, word] = [wordAt(tokens, index - 1), wordAt(tokens, index)];
  if (BEFORE_JOIN.has(word)) {
    return !BEFORE_JOIN.has(before) && leadsToJoin(tokens, index);
  }
  const isExcepted = word === 'except' && tokenText(tokens, index - 1) === '*';
  // `is distinct from`, `within group (...)`.
  const isInside = before === 'distinct' || before === 'within';
  return BEGIN_A_CLAUSE.has(word) && !isExcepted && !isInside;
}

function leadsToJoin(tokens: Tokens, index: number): boolean {
  const word = wordAt(tokens, index);
  return word === 'join' || (BEFORE_JOIN.has(word) && leadsToJoin(tokens, index + 1));
}
