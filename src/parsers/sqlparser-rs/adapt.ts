import type { DialectName } from '../../sql/dialect.ts';
import type { Expr, FromItem, Query, QueryBody } from '../../sql/ir.ts';

/** The readers that need each other, tied together once in `read-statements.ts`. */
export interface Adapt {
  readonly dialect: DialectName;
  /** An expression on its own: in a list, a clause, an argument. */
  readonly expr: (node: unknown) => Expr;
  /** An expression beside an operator, which may yet bind otherwise than the library thought. */
  readonly operand: (node: unknown) => Expr;
  /** Marks an expression as standing in brackets. */
  readonly group: (expr: Expr) => Expr;
  readonly query: (node: unknown) => Query;
  readonly body: (node: unknown) => QueryBody;
  readonly from: (node: unknown) => FromItem;
}
