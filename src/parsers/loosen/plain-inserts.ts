import { bracketPairs } from '../../sql/bracket-pairs.ts';
import type { Tokens } from '../../sql/tokens.ts';
import { isPunctuation, OPEN } from '../../sql/tokens.ts';
import { wordAt } from './edits.ts';
import type { Looser } from './looser.ts';

const AFTER_ITEMS =
  /^(where|group|having|order|limit|distribute|cluster|sort|lateral|window|qualify)$/;

/** Hive's `FROM x INSERT INTO a SELECT b WHERE c INSERT INTO d ...` as one INSERT each. */
export function plainInserts(tokens: Tokens): Looser | undefined {
  if (wordAt(tokens, 0) !== 'from') {
    return undefined;
  }
  const closers = bracketPairs(tokens);
  const inserts: number[] = [];
  for (let at = 0; at < tokens.count; at += 1) {
    if (wordAt(tokens, at) === 'insert') {
      inserts.push(at);
    } else if (isPunctuation(tokens, at, OPEN)) {
      at = closers[at] ?? tokens.count;
    }
  }
  const [first] = inserts;
  if (first === undefined) {
    return undefined;
  }
  const textOf = (from: number, to: number) =>
    tokens.sql.slice(tokens.starts[from], tokens.ends[to - 1]);
  const source = textOf(0, first);
  const statements = inserts.map((from, index) => {
    const to = inserts[index + 1] ?? tokens.count;
    const at = clauseAt(from, to);
    return `${textOf(from, at)} ${source}${at < to ? ` ${textOf(at, to)}` : ''}`;
  });
  return { sql: statements.join(';\n'), opaque: [] };

  /** Where the select list ends. */
  function clauseAt(from: number, to: number): number {
    for (let at = from; at < to; at += 1) {
      if (AFTER_ITEMS.test(wordAt(tokens, at))) {
        return at;
      }
      if (isPunctuation(tokens, at, OPEN)) {
        at = closers[at] ?? tokens.count;
      }
    }
    return to;
  }
}
