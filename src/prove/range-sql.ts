import type { NameWording } from '../connectors/wording.ts';
import type { Bounds, RangedBy } from '../marts/ranges.ts';

/** An expression that gives the number of the range a value lies in. */
export function rangeNumber(
  expression: string,
  {
    type,
    bounds,
    names,
  }: { readonly type: string; readonly bounds: Bounds; readonly names: NameWording },
): string {
  const last = bounds.length;
  const whens = bounds.map(
    (bound, at) => `when ${expression} < ${literal(bound, { type, names })} then ${at}`,
  );
  return `case when ${expression} is null then ${last + 1} ${whens.join(' ')} else ${last} end`;
}

/** Whether a row of the mart lies in one of some ranges. */
export function inRanges(
  ranges: readonly number[],
  {
    by,
    bounds,
    names,
  }: { readonly by: RangedBy; readonly bounds: Bounds; readonly names: NameWording },
): string {
  return liesIn(names.quote(by.column), { ranges, type: by.type, bounds, names });
}

/** Whether a value lies in one of some ranges; neighbours are told as one. */
export function liesIn(
  column: string,
  {
    ranges,
    type,
    bounds,
    names,
  }: {
    readonly ranges: readonly number[];
    readonly type: string;
    readonly bounds: Bounds;
    readonly names: NameWording;
  },
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
      ...(low === undefined ? [] : [`${column} >= ${literal(low, { type, names })}`]),
      ...(high === undefined ? [] : [`${column} < ${literal(high, { type, names })}`]),
    ];
    conditions.push(sides.length === 0 ? `${column} is not null` : `(${sides.join(' and ')})`);
  }
  if (wanted.has(last + 1)) {
    conditions.push(`${column} is null`);
  }
  return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`;
}

function literal(
  bound: string,
  { type, names }: { readonly type: string; readonly names: NameWording },
): string {
  return `cast(${names.text(bound)} as ${type})`;
}
