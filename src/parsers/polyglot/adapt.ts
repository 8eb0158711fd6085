import type { DialectName } from '../../sql/dialect.ts';
import type { Expr, FromItem, Query } from '../../sql/ir.ts';
import type { Tree } from '../tree.ts';
import { unreadFields } from '../tree.ts';

/** The readers that need each other, tied together once in `read-statements.ts`. */
export interface Adapt {
  readonly dialect: DialectName;
  /** An expression on its own: in a list, a clause, an argument. */
  readonly expr: (node: unknown) => Expr;
  /** An expression beside an operator, which may yet bind otherwise than the library thought. */
  readonly operand: (node: unknown) => Expr;
  readonly group: (expr: Expr) => Expr;
  readonly query: (node: unknown) => Query;
  readonly from: (node: unknown) => FromItem;
}

/** What a node may say without changing what it means: how it was spelled, where it stood, comments. */
const SPELLING: readonly string[] = [
  'span',
  'comments',
  'leading_comments',
  'trailing_comments',
  'left_comments',
  'operator_comments',
  'pre_alias_comments',
  'post_select_comments',
  'inferred_type',
  'alias_explicit_as',
  'alias_keyword',
  'original_name',
  'name',
];

/** The fields of a node that its reader does not know and that may change what it means. */
export function unread(node: Tree, known: readonly string[]): readonly string[] {
  return unreadFields(node, new Set([...SPELLING, ...known]));
}
