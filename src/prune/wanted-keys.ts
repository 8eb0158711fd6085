import type { Obligation } from '../marts/mart.ts';
import type { BoundExpr } from '../sql/bound.ts';
import { clusterOf } from '../sql/match/cluster.ts';
import type { NormalQuery } from '../sql/normal-query.ts';

/** The keys that must be unique for the left joins of a definition to be removable: worth verifying before it is slimmed. */
export function wantedKeys({ body }: NormalQuery): readonly Obligation[] {
  if (body.kind !== 'block') {
    return [];
  }
  return clusterOf(body.block.from).satellites.flatMap(
    ({ join, right, on }): readonly Obligation[] => {
      const [leaf, ...more] = right.leaves;
      if (join !== 'left' || leaf?.kind !== 'table' || more.length > 0) {
        return [];
      }
      const columns = on.flatMap((condition) => columnsOf(condition, leaf.occ)).toSorted();
      return columns.length === 0
        ? []
        : [{ kind: 'unique-key', relation: leaf.relation, columns: [...new Set(columns)] }];
    },
  );
}

/** The column of the source that an equality pins. */
function columnsOf(condition: BoundExpr, occ: number): readonly string[] {
  if (condition.kind !== 'binary' || condition.op !== '=') {
    return [];
  }
  return [condition.left, condition.right].flatMap((side) =>
    side.kind === 'ref' && side.occ === occ ? [side.column] : [],
  );
}
