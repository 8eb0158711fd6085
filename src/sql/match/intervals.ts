/** A point of an ordered domain, as text or as a scaled integer. */
export type Point = string | Decimal;

/** `digits` times ten to the minus `scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

export interface End {
  readonly at: Point;
  readonly closed: boolean;
}

/** All points between two ends; an absent end is unbounded. NULL is never in an interval. */
export interface Interval {
  readonly low?: End;
  readonly high?: End;
}

/** A union of intervals: empty means no value at all. */
export type IntervalSet = readonly Interval[];

export const everything: IntervalSet = [{}];

export function pointSet(points: readonly Point[]): IntervalSet {
  return points.map((at) => ({ low: { at, closed: true }, high: { at, closed: true } }));
}

export function comparePoints(a: Point, b: Point): number {
  if (typeof a === 'string' && typeof b === 'string') {
    return a < b ? -1 : Number(a > b);
  }
  if (typeof a === 'string' || typeof b === 'string') {
    return typeof a === 'string' ? 1 : -1;
  }
  const scale = Math.max(a.scale, b.scale);
  const difference = scaled(a, scale) - scaled(b, scale);
  return difference < 0n ? -1 : Number(difference > 0n);
}

function scaled({ digits, scale }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}

export function intersect(a: IntervalSet, b: IntervalSet): IntervalSet {
  return a.flatMap((left) =>
    b.map((right) => overlap(left, right)).filter((both) => !isEmpty(both)),
  );
}

function overlap(a: Interval, b: Interval): Interval {
  const low = narrower(a.low, b.low, 1);
  const high = narrower(a.high, b.high, -1);
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

function narrower(a: End | undefined, b: End | undefined, direction: 1 | -1): End | undefined {
  if (a === undefined || b === undefined) {
    return a ?? b;
  }
  const order = comparePoints(a.at, b.at) * direction;
  if (order === 0) {
    return a.closed ? b : a;
  }
  return order > 0 ? a : b;
}

function isEmpty({ low, high }: Interval): boolean {
  if (low === undefined || high === undefined) {
    return false;
  }
  const order = comparePoints(low.at, high.at);
  return order > 0 || (order === 0 && !(low.closed && high.closed));
}

/** True when every point of `a` lies in `b`. Overlapping and touching intervals of `b` are joined first. */
export function isSubset(a: IntervalSet, b: IntervalSet): boolean {
  const joined = joinTouching(b);
  return a.every((inner) => isEmpty(inner) || joined.some((outer) => contains(outer, inner)));
}

function contains(outer: Interval, inner: Interval): boolean {
  const low = narrower(outer.low, inner.low, 1);
  const high = narrower(outer.high, inner.high, -1);
  return sameEnd(low, inner.low) && sameEnd(high, inner.high);
}

function sameEnd(a: End | undefined, b: End | undefined): boolean {
  if (a === undefined || b === undefined) {
    return a === b;
  }
  return comparePoints(a.at, b.at) === 0 && a.closed === b.closed;
}

function joinTouching(set: IntervalSet): IntervalSet {
  const sorted = set
    .filter((interval) => !isEmpty(interval))
    .toSorted((a, b) => compareLow(a.low, b.low));
  const joined: Interval[] = [];
  for (const next of sorted) {
    const last = joined.at(-1);
    if (last === undefined || !touches(last.high, next.low)) {
      joined.push(next);
      continue;
    }
    const high = wider(last.high, next.high);
    joined[joined.length - 1] = {
      ...(last.low === undefined ? {} : { low: last.low }),
      ...(high === undefined ? {} : { high }),
    };
  }
  return joined;
}

function compareLow(a: End | undefined, b: End | undefined): number {
  if (a === undefined || b === undefined) {
    return Number(a !== undefined) - Number(b !== undefined);
  }
  return comparePoints(a.at, b.at) || Number(b.closed) - Number(a.closed);
}

function touches(high: End | undefined, low: End | undefined): boolean {
  if (high === undefined || low === undefined) {
    return true;
  }
  const order = comparePoints(high.at, low.at);
  return order > 0 || (order === 0 && (high.closed || low.closed));
}

function wider(a: End | undefined, b: End | undefined): End | undefined {
  if (a === undefined || b === undefined) {
    return undefined;
  }
  const order = comparePoints(a.at, b.at);
  if (order === 0) {
    return a.closed ? a : b;
  }
  return order > 0 ? a : b;
}
