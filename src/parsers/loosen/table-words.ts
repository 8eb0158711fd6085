import { isAnyName } from '../../sql/table-aliases.ts';
import type { Tokens } from '../../sql/tokens.ts';
import {
  CLOSE,
  COMMA,
  DOT,
  isPunctuation,
  OPEN,
  QUOTED,
  SEMICOLON,
  WORD,
} from '../../sql/tokens.ts';
import { wordAt } from './edits.ts';
import type { Place, WordRule } from './word-rule.ts';

const HAS_TABLE_QUERIES: ReadonlySet<Place['dialect']> = new Set(['spark', 'databricks', 'trino']);
const QUERY = /^(select|with|from|values)$/;
const TABLE_OPTIONS = /^(partition|order|with|sort|distribute)$/;
const AFTER_TABLE_NAME =
  /^(select|values|with|from|cross|join|inner|left|right|full|where|group|order|on|union|limit|using|set|when|having)$/;

/** `TABLE t` as a query, alone or in a UNION. */
function isWholeTable(tokens: Tokens, at: number): boolean {
  const before = wordAt(tokens, at - 1);
  const isFirst = at === 0 || isPunctuation(tokens, at - 1, SEMICOLON);
  const follows = /^(union|intersect|except|minus|all|distinct)$/.test(before);
  return (isFirst || follows) && isAnyName(tokens, at + 1);
}

/** A table named `table`, one that stands as an alias, or a table as an argument with options. */
export function tableWord(place: Place): number | undefined {
  const { tokens, at, edits, closers } = place;
  const before = wordAt(tokens, at - 1);
  const close = closers[at + 1] ?? tokens.count;
  if (HAS_TABLE_QUERIES.has(place.dialect) && isWholeTable(tokens, at)) {
    edits.replace(at, at + 1, 'select * from');
    return at + 1;
  }
  const isQuery = isPunctuation(tokens, at + 1, OPEN) && QUERY.test(wordAt(tokens, at + 2));
  if (isPunctuation(tokens, at + 1, OPEN) && TABLE_OPTIONS.test(wordAt(tokens, close + 1))) {
    if (isQuery) {
      edits.replace(at, at + 1, '');
    }
    return tableArgument({ ...place, at: close + 1 });
  }
  if (isQuery) {
    edits.replace(at, at + 1, '');
    return at + 1;
  }
  const isTarget = before === 'into' || before === 'overwrite' || before === 'join';
  const isBeforeEnd =
    AFTER_TABLE_NAME.test(wordAt(tokens, at + 1)) ||
    at + 1 === tokens.count ||
    [COMMA, CLOSE].some((code) => isPunctuation(tokens, at + 1, code));
  const isQualifier = isPunctuation(tokens, at + 1, DOT) && !isPunctuation(tokens, at - 1, DOT);
  const isAlias = at > 0 && (endsName(tokens, at - 1) || before === 'as') && isBeforeEnd;
  if (!(isTarget && isBeforeEnd) && !isQualifier && !isAlias) {
    return undefined;
  }
  edits.replace(at, at + 1, '`table`');
  return at + 1;
}

function endsName(tokens: Tokens, index: number): boolean {
  const kind = tokens.kinds[index];
  const isPlain = kind === WORD && tokens.codes[index] === 0;
  return isPlain || kind === QUOTED || isPunctuation(tokens, index, CLOSE);
}

/** `f(TABLE(t) PARTITION BY a ORDER BY b)`. */
function tableArgument({ tokens, at, edits, closers }: Place): number | undefined {
  let end = at;
  while (end < tokens.count && !isPunctuation(tokens, end, CLOSE)) {
    end = isPunctuation(tokens, end, OPEN) ? (closers[end] ?? tokens.count) + 1 : end + 1;
  }
  edits.replace(at, end, '');
  edits.leaveOut('how a table argument is divided');
  return end;
}

/** `SEMANTIC_VIEW(v DIMENSIONS ... METRICS ...)`, `GRAPH_TABLE(g MATCH ...)`: what begins with a name and goes on in a language of its own. */
export function tableOfItsKind(because: string): WordRule {
  return ({ tokens, at, edits, closers }) => {
    const close = closers[at + 1] ?? tokens.count;
    let end = at + 2;
    while (isPunctuation(tokens, end + 1, DOT)) {
      end += 2;
    }
    if (!isPunctuation(tokens, at + 1, OPEN) || close >= tokens.count || end >= close) {
      return undefined;
    }
    edits.replace(at, close + 1, tokens.sql.slice(tokens.starts[at + 2], tokens.ends[end]));
    edits.leaveOut(because);
    return close + 1;
  };
}
