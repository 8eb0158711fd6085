import type { BoundExpr } from '../sql/bound.ts';
import type { Satellite } from '../sql/match/cluster.ts';
import { comparesAlike, type FactScope, type Lossless } from '../sql/match/keeps-rows.ts';
import type { Block, NormalQuery } from '../sql/normal-query.ts';
import { exprKey } from '../sql/normalize/expr-key.ts';
import { refsIn } from '../sql/normalize/walk.ts';

/**
 * A left join to a query that has one row for each of its groups, or each of its distinct rows, where ON pins all that tells
 * these apart: it finds at most one. No fact of any table is needed for that.
 */
export function groupedKeepsRows(
  { join, right, on }: Satellite,
  { scope }: FactScope,
): Lossless | undefined {
  const [leaf, ...more] = right.leaves;
  const isAlone = more.length === 0 && right.satellites.length === 0;
  if (join !== 'left' || !isAlone || leaf?.kind !== 'query' || leaf.query.body.kind !== 'block') {
    return undefined;
  }
  const { block } = leaf.query.body;
  const keys = tellingColumns(leaf.query, block);
  if (keys === undefined) {
    return undefined;
  }
  const pins = (condition: BoundExpr, column: string): boolean =>
    condition.kind === 'binary' &&
    condition.op === '=' &&
    [[condition.left, condition.right] as const, [condition.right, condition.left] as const].some(
      ([own, other]) =>
        own.kind === 'ref' &&
        own.occ === leaf.occ &&
        own.column === column &&
        !refsIn(other).some(({ occ }) => occ === leaf.occ) &&
        comparesAlike(own, other, scope),
    );
  const isPinned = keys.every((column) => on.some((condition) => pins(condition, column)));
  const because =
    keys.length === 0
      ? 'a query that gives one row is joined'
      : `${keys.join(', ')} ${keys.length === 1 ? 'is' : 'are'} unique in a query that groups by it`;
  return isPinned ? { conditions: [], facts: [because], multiplies: false } : undefined;
}

/** Outputs that no two rows share; undefined where there are none to be sure of. */
function tellingColumns({ outputs }: NormalQuery, block: Block): readonly string[] | undefined {
  const { groupBy, groupingSets, items, distinct, barriers } = block;
  if (barriers.length > 0) {
    return undefined;
  }
  if (distinct) {
    return outputs;
  }
  if (groupBy === undefined || groupingSets !== undefined) {
    return undefined;
  }
  const shown = groupBy.map((expr) => {
    const at = items.findIndex((item) => exprKey(item.expr) === exprKey(expr));
    return at === -1 ? undefined : outputs[at];
  });
  const columns = shown.filter((name) => name !== undefined);
  return columns.length === shown.length ? columns : undefined;
}
