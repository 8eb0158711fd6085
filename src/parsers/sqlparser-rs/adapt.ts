import type { DialectName } from '../../sql/dialect.ts';
import type { Expr, FromItem, Query, QueryBody } from '../../sql/ir.ts';

/** The readers that need each other, tied together once in `read-statements.ts`. */
export interface Adapt {
  readonly dialect: DialectName;
  readonly expr: (node: unknown) => Expr;
  readonly query: (node: unknown) => Query;
  readonly body: (node: unknown) => QueryBody;
  readonly from: (node: unknown) => FromItem;
}
