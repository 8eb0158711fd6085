import type { RelationId } from '../base/relation.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import { isFrozen } from '../sql/match/certain.ts';
import { clusterOf } from '../sql/match/cluster.ts';
import type { Block, JoinTree, NormalQuery } from '../sql/normal-query.ts';
import { refsIn, someExpr } from '../sql/normalize/walk.ts';
import { printExpr } from '../sql/print/print-expr.ts';
import { quoteName } from '../sql/print/quote-name.ts';
import { Unprintable } from '../sql/print/unprintable.ts';
import { makesRows, mayMakeRows } from './makes-rows.ts';

/** A relation joined to another in a definition's block. */
export interface TableLeaf {
  readonly occ: number;
  readonly relation: RelationId;
  /** Rows without a partner stay, with NULLs. */
  readonly isOuter: boolean;
  /** What a left join says; empty for an inner one, whose conditions stand in the block's WHERE. */
  readonly on: readonly BoundExpr[];
  /** Other relations hang on it within its own side of the join. */
  readonly isAlone: boolean;
}

/** Why no attribute of a definition can lie outside its rows; nothing where it is one plain block. */
export function whyWhole(query: NormalQuery, block: Block): string | undefined {
  if (block.groupBy !== undefined || block.distinct) {
    return 'it groups its rows';
  }
  if (query.limit !== undefined || query.offset !== undefined) {
    return 'it has a LIMIT';
  }
  return block.barriers[0];
}

/** Relations joined to another: the one that gives the rows is not among them. */
export function joinedLeaves(tree: JoinTree): readonly TableLeaf[] {
  const { leaves, satellites } = clusterOf(tree);
  const inner = leaves.flatMap((leaf) =>
    leaf.kind === 'table' && leaves.length > 1
      ? [{ ...leaf, isOuter: false, on: [], isAlone: true }]
      : [],
  );
  const outer = satellites.flatMap(({ join, right, on }) => {
    const [leaf, ...more] = right.leaves;
    const isAlone = right.satellites.length === 0;
    return join === 'left' && leaf?.kind === 'table' && more.length === 0
      ? [{ ...leaf, isOuter: true, on, isAlone }]
      : [];
  });
  return [...inner, ...outer];
}

export interface LeafParts {
  readonly leaves: readonly TableLeaf[];
  readonly dialect: DialectName;
  /** Rows a relation may have at most for its attributes to lie outside the mart's rows. */
  readonly maxRows: number;
  readonly rowsOf: (relation: RelationId) => number | undefined;
}

/** An attribute over the one joined relation it is computed from, which is called `t0` in its text. */
export interface OfLeaf {
  readonly leaf: TableLeaf;
  readonly text: string;
}

/** The one joined relation an attribute is computed from, row by row; or why there is none. */
export function leafOf(
  expr: BoundExpr,
  { leaves, dialect, maxRows, rowsOf }: LeafParts,
): OfLeaf | string {
  const occs = new Set(refsIn(expr).map(({ occ }) => occ));
  const [occ] = occs;
  const leaf = leaves.find((each) => each.occ === occ);
  if (occs.size !== 1 || leaf === undefined) {
    return 'it is not computed from one joined relation';
  }
  const rows = rowsOf(leaf.relation);
  if (rows === undefined || rows > maxRows) {
    return `${leaf.relation} has ${rows ?? 'an unknown number of'} rows, and at most ${maxRows} are packed`;
  }
  if (!isOfItsRow(expr)) {
    return 'its value is not determined by its row alone';
  }
  const text = textOf(expr, dialect);
  return 'because' in text ? `it cannot be written: ${text.because}` : { leaf, text: text.sql };
}

/** Whether a value depends on nothing but the row it is computed from, and is one. */
export function isOfItsRow(expr: BoundExpr): boolean {
  return !(
    someExpr(
      expr,
      (part) =>
        part.kind === 'subquery' ||
        part.kind === 'exists' ||
        part.kind === 'in-query' ||
        (part.kind === 'call' && part.over !== undefined),
    ) ||
    isFrozen(expr) ||
    makesRows(expr) ||
    mayMakeRows(expr)
  );
}

/** An expression over the columns of one relation, which is called `t0`. */
export function textOf(
  expr: BoundExpr,
  dialect: DialectName,
): { readonly sql: string } | { readonly because: string } {
  try {
    const sql = printExpr(expr, {
      dialect: dialectOf(dialect),
      printRef: ({ column }) => `t0.${quoteName(column, dialect)}`,
      printNested() {
        throw new Unprintable('a query within it');
      },
    });
    return { sql };
  } catch (error) {
    if (error instanceof Unprintable) {
      return { because: error.because };
    }
    throw error;
  }
}
