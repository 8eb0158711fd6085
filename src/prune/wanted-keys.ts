import type { Obligation } from '../marts/mart.ts';
import type { BoundExpr } from '../sql/bound.ts';
import { clusterOf, type Leaf } from '../sql/match/cluster.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { refsIn } from '../sql/normalize/walk.ts';

/** The keys that must be unique for the left joins of a definition to be removable: worth verifying before it is slimmed. */
export function wantedKeys({ body }: NormalQuery): readonly Obligation[] {
  if (body.kind !== 'block') {
    return [];
  }
  return clusterOf(body.block.from).satellites.flatMap(
    ({ join, right, on }): readonly Obligation[] => {
      const [leaf, ...more] = right.leaves;
      return join !== 'left' || leaf?.kind !== 'table' || more.length > 0 ? [] : keyOf(leaf, on);
    },
  );
}

/** The same for its inner joins, where what is hidden is looked up by a key. */
export function wantedInnerKeys({ body }: NormalQuery): readonly Obligation[] {
  if (body.kind !== 'block') {
    return [];
  }
  const { from, where } = body.block;
  const { leaves } = clusterOf(from);
  return leaves.length < 2
    ? []
    : leaves.flatMap((leaf) => (leaf.kind === 'table' ? keyOf(leaf, where.filter(isJoin)) : []));
}

function isJoin(condition: BoundExpr): boolean {
  return new Set(refsIn(condition).map(({ occ }) => occ)).size > 1;
}

/** What conditions pin of a source, if anything. */
function keyOf(
  { occ, relation }: Extract<Leaf, { readonly kind: 'table' }>,
  conditions: readonly BoundExpr[],
): readonly Obligation[] {
  const columns = conditions.flatMap((condition) => columnsOf(condition, occ)).toSorted();
  return columns.length === 0
    ? []
    : [{ kind: 'unique-key', relation, columns: [...new Set(columns)] }];
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
