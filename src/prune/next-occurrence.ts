import type { NormalQuery } from '../sql/normal-query.ts';

/** An occurrence number that no source within the query has. */
export function nextOccurrence(query: NormalQuery): number {
  let highest = 0;
  JSON.stringify(query, (key, value: unknown) => {
    if (key === 'occ' && typeof value === 'number') {
      highest = Math.max(highest, value);
    }
    return value;
  });
  return highest + 1;
}
