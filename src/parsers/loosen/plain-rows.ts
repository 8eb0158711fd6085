import { bracketPairs } from '../../sql/bracket-pairs.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { keyword } from '../../sql/keywords.ts';
import type { Tokens } from '../../sql/tokens.ts';
import {
  CLOSE,
  CLOSE_BRACKET,
  COMMA,
  isKeyword,
  isPunctuation,
  OPEN,
  OPEN_BRACKET,
  PUNCTUATION,
  QUOTED,
  SEMICOLON,
  STRING,
  WORD,
} from '../../sql/tokens.ts';
import { openEdits, wordAt } from './edits.ts';
import type { Looser } from './looser.ts';

const VALUES = keyword('values');
const ENDS =
  /^(as|union|intersect|except|minus|where|group|having|order|limit|offset|join|inner|left|right|full|cross|natural|lateral|on|window|qualify|sort|cluster|distribute|pivot|unpivot|tablesample)$/;
/** Words that an operand may follow, so that they end none. */
const OPERATORS =
  /^(and|or|not|is|in|like|between|case|when|then|else|interval|cast|distinct|from)$/;

/** Spark's rows of one column need no brackets: `VALUES 1, 2 AS t(a)` is `VALUES (1), (2) AS t(a)`. */
export function plainRows(tokens: Tokens, dialect: Dialect): Looser | undefined {
  if (dialect.name !== 'spark' && dialect.name !== 'databricks') {
    return undefined;
  }
  const closers = bracketPairs(tokens);
  const edits = openEdits(tokens);
  for (let at = 0; at < tokens.count; at += 1) {
    if (isKeyword(tokens, at, VALUES)) {
      at = bracketRows(at + 1) - 1;
    }
  }
  return edits.done();

  function bracketRows(first: number): number {
    let from = first;
    for (;;) {
      const to = rowEnd(from);
      const isBracketed = isPunctuation(tokens, from, OPEN) && closers[from] === to - 1;
      if (to > from && !isBracketed) {
        const text = tokens.sql.slice(tokens.starts[from], tokens.ends[to - 1]);
        edits.replace(from, to, `(${text})`);
      }
      if (!isPunctuation(tokens, to, COMMA)) {
        return Math.max(to, first);
      }
      from = to + 1;
    }
  }

  /** Where a row ends: at a comma, a clause, or its alias. */
  function rowEnd(from: number): number {
    let at = from;
    while (at < tokens.count) {
      const isEnd =
        ENDS.test(wordAt(tokens, at)) ||
        [COMMA, SEMICOLON, CLOSE].some((code) => isPunctuation(tokens, at, code)) ||
        (at > from && isOperand(at - 1) && startsOperand(at));
      if (isEnd) {
        return at;
      }
      const isOpen = isPunctuation(tokens, at, OPEN) || isPunctuation(tokens, at, OPEN_BRACKET);
      at = isOpen ? (closers[at] ?? tokens.count) + 1 : at + 1;
    }
    return at;
  }

  function isOperand(at: number): boolean {
    const kind = tokens.kinds[at];
    if (kind === WORD) {
      return !OPERATORS.test(wordAt(tokens, at)) && tokens.kinds[at + 1] !== STRING;
    }
    return kind === PUNCTUATION
      ? isPunctuation(tokens, at, CLOSE) || isPunctuation(tokens, at, CLOSE_BRACKET)
      : true;
  }

  function startsOperand(at: number): boolean {
    const kind = tokens.kinds[at];
    const isName = kind === QUOTED || (kind === WORD && !OPERATORS.test(wordAt(tokens, at)));
    return isName;
  }
}
