import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';

/**
 * How a definition falls into ranges that can be computed one by one: the rows of the mart whose `column` lies in a range are made
 * of those rows of `source` alone in which `onSource` lies there, and of other sources as a whole.
 */
export interface RangedBy {
  /** An output of the definition: a group key, or a plain column where it does not group. */
  readonly column: string;
  /** Of that output: a date, a timestamp without zone or a whole number, so that ranges cover all its values but NULL. */
  readonly type: string;
  readonly source: RelationId;
  /** The same value as an expression over the source's own columns. */
  readonly onSource: string;
}

/**
 * Values at which ranges begin, ascending, as the warehouse writes them. `n` bounds make `n + 2` ranges: below the first, from each
 * bound to the next, from the last on, and NULL.
 */
export type Bounds = readonly string[];

/** The rows of one range at one moment: equal states, equal content. */
export interface RangeState {
  readonly rows: number;
  /** Order-free checksum, as decimal text. */
  readonly checksum: string;
}

/** A version's ranges as they were proved. */
export interface VersionRanges {
  readonly by: RangedBy;
  readonly bounds: Bounds;
  /** Of the driving source at the build's snapshot, by range. */
  readonly source: readonly RangeState[];
  /** Of the version's table, by range. */
  readonly table: readonly RangeState[];
  /** Refreshes since it was last compared with its whole definition; 0 where it was. */
  readonly sinceWhole: number;
  /** Share of the source's rows of which refreshes had to compute the mart again, averaged over the last; absent before the first. */
  readonly changedShare?: number;
}

/** How a version's ranges are to be used by its build; a build without it is one piece. */
export interface RangedBuild {
  readonly by: RangedBy;
  /** Rows of the driving source a range should hold, about. */
  readonly rowsPerRange: number;
  /** A refresh computes changed ranges alone while they hold at most this share of the source's rows; 0: always everything. */
  readonly mostChanged: number;
  /** Compare everything with the definition, also what was not computed again. */
  readonly proveWhole: boolean;
}

/** A version that is built in steps and not complete, or complete and not proved yet; nobody reads it. */
export interface Unfinished {
  readonly version: number;
  readonly table: RelationId;
  readonly by: RangedBy;
  readonly bounds: Bounds;
  /** The driving source in each range at the moment it was filled; ranges are filled in their order. */
  readonly filled: readonly RangeState[];
  /** The other sources, as a whole, since before the first was filled. */
  readonly others: readonly (RangeState & {
    readonly relation: RelationId;
    /** Those the checksum is over; absent: all. */
    readonly columns?: readonly { readonly name: string; readonly place: number }[] | undefined;
  })[];
  readonly begunAt: EpochMs;
  readonly touchedAt: EpochMs;
  /** How often another source changed meanwhile and all was begun again. */
  readonly restarts: number;
  /** Thread time so far. */
  readonly cpuMs: number;
}

export const emptyRange: RangeState = { rows: 0, checksum: '0' };

export function rangeCount(bounds: Bounds): number {
  return bounds.length + 2;
}

/** What a whole relation's state is, by the states of its ranges: checksums are sums. */
export function sumOfRanges(states: readonly RangeState[]): RangeState {
  return {
    rows: states.reduce((sum, { rows }) => sum + rows, 0),
    checksum: states.reduce((sum, { checksum }) => sum + BigInt(checksum), 0n).toString(),
  };
}

/** The ranges whose content is not as it was. */
export function rangesMoved(
  before: readonly RangeState[],
  after: readonly RangeState[],
): readonly number[] {
  return after.flatMap(({ rows, checksum }, range) =>
    before[range]?.rows === rows && before[range].checksum === checksum ? [] : [range],
  );
}

/** The part of all rows that lie in some ranges, before or after; between 0 and 1. */
export function shareOf(
  ranges: readonly number[],
  states: { readonly before: readonly RangeState[]; readonly after: readonly RangeState[] },
): number {
  const most = (range: number) =>
    Math.max(states.before[range]?.rows ?? 0, states.after[range]?.rows ?? 0);
  const all = states.after.reduce((sum, _, range) => sum + most(range), 0);
  return all === 0 ? 0 : ranges.reduce((sum, range) => sum + most(range), 0) / all;
}
