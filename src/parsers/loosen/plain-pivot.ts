import { bracketPairs } from '../../sql/bracket-pairs.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { Tokens } from '../../sql/tokens.ts';
import { isPunctuation, OPEN, SEMICOLON, tokenText } from '../../sql/tokens.ts';
import { openEdits, wordAt } from './edits.ts';
import type { Looser } from './looser.ts';

const PIVOTS = /^(pivot|pivot_wider|unpivot|pivot_longer)$/;
const TAIL = /^(order|limit|offset)$/;

/** DuckDB's PIVOT as a statement of its own, `PIVOT t ON a ORDER BY b`, as the query that reads it. */
export function plainPivot(tokens: Tokens, dialect: Dialect): Looser | undefined {
  if (dialect.name !== 'duckdb') {
    return undefined;
  }
  const closers = bracketPairs(tokens);
  const edits = openEdits(tokens);
  for (let at = 0; at < tokens.count; at += 1) {
    const isStart =
      at === 0 || isPunctuation(tokens, at - 1, SEMICOLON) || wordAt(tokens, at - 1) === 'as';
    if (isStart && PIVOTS.test(wordAt(tokens, at))) {
      let end = at + 1;
      while (
        end < tokens.count &&
        !TAIL.test(wordAt(tokens, end)) &&
        !isPunctuation(tokens, end, SEMICOLON)
      ) {
        end = isPunctuation(tokens, end, OPEN) ? (closers[end] ?? tokens.count) + 1 : end + 1;
      }
      const last = Math.min(end, tokens.count) - 1;
      if (last > at) {
        edits.replace(at, at + 1, `select * from (${tokenText(tokens, at)}`);
        edits.replace(last, last + 1, `${tokenText(tokens, last)})`);
      }
      at = last;
    }
  }
  return edits.done();
}
