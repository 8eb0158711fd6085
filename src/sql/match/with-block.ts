import type { BoundExpr } from '../bound.ts';
import type { Block, NormalQuery } from '../normal-query.ts';

/** The query with another block in place of its own, ordered by that block's expressions. */
export function withBlock(
  query: NormalQuery,
  { block, orderBy }: { readonly block: Block; readonly orderBy: readonly BoundExpr[] },
): NormalQuery {
  return {
    ...query,
    body: { kind: 'block', block },
    orderBy: query.orderBy.flatMap((item, index) => {
      const expr = orderBy[index];
      return expr === undefined ? [] : [{ ...item, expr }];
    }),
  };
}
