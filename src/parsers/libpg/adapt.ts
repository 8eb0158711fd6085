import type { Expr, FromItem, Query } from '../../sql/ir.ts';

/** The readers that need each other, tied together once in `read-statements.ts`. */
export interface Adapt {
  readonly expr: (node: unknown) => Expr;
  /** Of a SelectStmt, wrapped or not. */
  readonly query: (node: unknown) => Query;
  readonly from: (node: unknown) => FromItem;
}
