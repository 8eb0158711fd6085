import { NUMBER, type Tokens, tokenText } from '../../sql/tokens.ts';
import type { TokenRun } from './text-query.ts';

/** The place in the select list that an element of GROUP BY or ORDER BY names by a number: `2`, `2 desc nulls last`, not `2 * x`. */
export function ordinalAt(tokens: Tokens, { first, end }: TokenRun): number | undefined {
  const [number = '', ...after] = Array.from({ length: Math.max(0, end - first) }, (_, at) =>
    tokenText(tokens, first + at).toLowerCase(),
  );
  const isAlone = after.every((word) => DIRECTIONS.has(word));
  return isAlone && tokens.kinds[first] === NUMBER && /^\d+$/.test(number)
    ? Number(number)
    : undefined;
}

const DIRECTIONS = new Set(['asc', 'desc', 'nulls', 'first', 'last']);
