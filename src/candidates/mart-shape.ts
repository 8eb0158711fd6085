import type { RelationId } from '../base/relation.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import type { GrainKey } from './candidate.ts';
import { refsOf } from './expressions.ts';
import { starBlocksOf } from './star-block.ts';

/** What can be told of any definition's size: whose rows it has, and what it groups by. */
export interface MartShape {
  readonly relations: readonly RelationId[];
  readonly grain?: readonly GrainKey[];
  /** The relation with most rows: an N:1 chain has as many rows as that one. */
  readonly anchorOf: (rowsOf: (relation: RelationId) => number) => RelationId;
}

/** The outer block as a star; absent where it is none (unions, windows, derived sources). */
export function isStarMart(query: NormalQuery): MartShape | undefined {
  if (query.body.kind !== 'block') {
    return undefined;
  }
  const [star] = starBlocksOf(query);
  const [first] = star?.relations ?? [];
  if (star === undefined || first === undefined) {
    return undefined;
  }
  const { relations, groupBy } = star;
  const grain = groupBy?.flatMap((key) =>
    refsOf(key).flatMap(({ occ, column }) => {
      const relation = relations[occ];
      return relation === undefined ? [] : [{ relation, column, isWhole: key.kind === 'ref' }];
    }),
  );
  return {
    relations,
    ...(grain === undefined ? {} : { grain }),
    anchorOf: (rowsOf) =>
      relations.reduce((best, each) => (rowsOf(each) > rowsOf(best) ? each : best), first),
  };
}
