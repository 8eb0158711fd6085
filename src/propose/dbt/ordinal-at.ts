import { NUMBER, type Tokens, tokenText } from '../../sql/tokens.ts';

/** The number an element of GROUP BY or ORDER BY begins with; its place in the select list where it is one. */
export function ordinalAt(tokens: Tokens, index: number): number | undefined {
  const text = tokenText(tokens, index);
  return tokens.kinds[index] === NUMBER && /^\d+$/.test(text) ? Number(text) : undefined;
}
