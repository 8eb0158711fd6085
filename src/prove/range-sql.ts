import type { Bounds, RangedBy } from '../marts/ranges.ts';
import { quoteName, quoteText } from './quote.ts';

/** An expression that gives the number of the range a value lies in. */
export function rangeNumber(
  expression: string,
  { type, bounds }: { readonly type: string; readonly bounds: Bounds },
): string {
  const last = bounds.length;
  const whens = bounds.map(
    (bound, at) => `when ${expression} < ${literal(bound, type)} then ${at}`,
  );
  return `case when ${expression} is null then ${last + 1} ${whens.join(' ')} else ${last} end`;
}

/** Whether a row of the mart lies in one of some ranges. */
export function inRanges(
  ranges: readonly number[],
  { by, bounds }: { readonly by: RangedBy; readonly bounds: Bounds },
): string {
  return liesIn(quoteName(by.column), { ranges, type: by.type, bounds });
}

/** Whether a value lies in one of some ranges; neighbours are told as one. */
export function liesIn(
  column: string,
  {
    ranges,
    type,
    bounds,
  }: { readonly ranges: readonly number[]; readonly type: string; readonly bounds: Bounds },
): string {
  const last = bounds.length;
  const wanted = new Set(ranges);
  const conditions: string[] = [];
  for (let from = 0; from <= last; from += 1) {
    if (!wanted.has(from) || wanted.has(from - 1)) {
      continue;
    }
    let to = from;
    while (to < last && wanted.has(to + 1)) {
      to += 1;
    }
    const [low, high] = [bounds[from - 1], bounds[to]];
    const sides = [
      ...(low === undefined ? [] : [`${column} >= ${literal(low, type)}`]),
      ...(high === undefined ? [] : [`${column} < ${literal(high, type)}`]),
    ];
    conditions.push(sides.length === 0 ? `${column} is not null` : `(${sides.join(' and ')})`);
  }
  if (wanted.has(last + 1)) {
    conditions.push(`${column} is null`);
  }
  return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`;
}

function literal(bound: string, type: string): string {
  return `cast(${quoteText(bound)} as ${type})`;
}
