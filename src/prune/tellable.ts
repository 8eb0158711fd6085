import type { Standing } from './ladder.ts';

/** A column that could not raise an error in this warehouse stays hidden: an attribute is never silently NULL. */
export function tellable(
  standing: Standing,
  {
    type,
    tombstones,
  }: {
    /** The attribute's, as the warehouse names it. */
    readonly type: string;
    /** Types of which a column can raise an error, as a pattern. Absent: all. */
    readonly tombstones: string | undefined;
  },
): Standing {
  const isTaken = standing.to === 'tombstoned' && standing.from !== 'tombstoned';
  if (!isTaken || tombstones === undefined || new RegExp(tombstones, 'i').test(type)) {
    return standing;
  }
  return {
    ...standing,
    to: standing.from,
    rule: 'no-tombstone',
    because: `${standing.because}; but this warehouse cannot raise an error in a column of type ${type}, so it stays ${standing.from}`,
  };
}
