import { type RelationId, relationParts } from '../base/relation.ts';

/** Whether two ids name one relation where one of them may leave out leading parts. */
export function sameRelation(left: RelationId, right: RelationId): boolean {
  const a = relationParts(left);
  const b = relationParts(right);
  const agree = (one: string | undefined, other: string | undefined) =>
    one === undefined || other === undefined || one === other;
  return a.name === b.name && agree(a.schema, b.schema) && agree(a.database, b.database);
}
