import type { Dialect } from '../../src/sql/dialect.ts';
import { keyword } from '../../src/sql/keywords.ts';
import { tokenize } from '../../src/sql/lexer.ts';
import { CLOSE, COMMA, isKeyword, isPunctuation } from '../../src/sql/tokens.ts';

const FROM = keyword('from');
const WHERE = keyword('where');
const BY = keyword('by');

/**
 * Texts made from a right one that are wrong in most grammars: a bracket taken away, a doubled comma, a clause without its
 * word or its expression, the last third cut off. Whether one is wrong a judge must say.
 */
export function breakStatement(sql: string, dialect: Dialect): readonly string[] {
  const tokens = tokenize(sql, dialect.lexical);
  const places = Array.from({ length: tokens.count }, (_, at) => at);
  const startOf = (at: number): number => tokens.starts[at] ?? 0;
  const endOf = (at: number): number => tokens.ends[at] ?? sql.length;
  const first = (code: number): number | undefined =>
    places.find((at) => isKeyword(tokens, at, code));
  const bracket = places.findLast((at) => isPunctuation(tokens, at, CLOSE));
  const comma = places.find((at) => isPunctuation(tokens, at, COMMA));
  const doubled = [FROM, WHERE, BY].map(first).filter((at) => at !== undefined);
  const cut = Math.floor((tokens.count * 2) / 3);
  return [
    ...(bracket === undefined ? [] : [sql.slice(0, startOf(bracket)) + sql.slice(endOf(bracket))]),
    ...(comma === undefined ? [] : [`${sql.slice(0, endOf(comma))},${sql.slice(endOf(comma))}`]),
    ...doubled.map((at) => `${sql.slice(0, endOf(at))} where by ${sql.slice(endOf(at))}`),
    ...(cut < 2 ? [] : [`${sql.slice(0, endOf(cut - 1))} (`]),
  ];
}
