import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../bound.ts';
import type { Occurrences } from './occurrences.ts';

/** A column of a table in a statement. */
export interface BaseColumn {
  /** The table's occurrence. */
  readonly occ: number;
  readonly relation: RelationId;
  readonly column: string;
}

/** The base column a ref passes on unchanged, through derived tables, CTEs and views; not through set operations. */
export function baseOf(
  ref: Extract<BoundExpr, { readonly kind: 'ref' }>,
  occurrences: Occurrences,
): BaseColumn | undefined {
  const leaf = occurrences.leafOf(ref.occ);
  if (leaf?.kind === 'table') {
    return { occ: ref.occ, relation: leaf.relation, column: ref.column };
  }
  if (leaf?.kind !== 'derived' || leaf.query.body.kind !== 'select') {
    return undefined;
  }
  const item = leaf.query.body.items[leaf.columns.indexOf(ref.column)];
  return item?.expr.kind === 'ref' ? baseOf(item.expr, occurrences) : undefined;
}
