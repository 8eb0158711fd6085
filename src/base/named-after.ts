import { digestOf } from './digest.ts';
import { type RelationId, relationId, relationParts } from './relation.ts';

/** PostgreSQL cuts a longer name off without a word, so that two could become one; others allow more. */
const LONGEST = 63;
const TOLD_APART_BY = 8;

/** A relation beside another one, by its name and a suffix; where that is too long, the name is cut and carries some of its digest. */
export function namedAfter(relation: RelationId, suffix: string): RelationId {
  const parts = relationParts(relation);
  const room = LONGEST - suffix.length;
  const name =
    parts.name.length <= room
      ? parts.name
      : `${parts.name.slice(0, room - TOLD_APART_BY - 1)}_${digestOf(parts.name).slice(0, TOLD_APART_BY)}`;
  return relationId({ ...parts, name: `${name}${suffix}` });
}
