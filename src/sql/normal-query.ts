import type { RelationId } from '../base/relation.ts';
import type { BoundBody, BoundExpr, BoundOrderItem } from './bound.ts';

/**
 * A bound query in normal form, the unit of matching and of candidate search: derived tables, CTEs and views that
 * are plain select-project-join are merged into the block that reads them; conjunctions are split;
 * inner joins are flattened, their conditions moved to `where`; right joins are turned to left joins.
 *
 * Definitions follow Goldstein and Larson, "Optimizing Queries Using Materialized Views" (SIGMOD 2001), section 3.
 */
export interface NormalQuery {
  readonly body: NormalBody;
  /** Output names in order. */
  readonly outputs: readonly string[];
  readonly orderBy: readonly BoundOrderItem[];
  readonly limit?: BoundExpr;
  readonly offset?: BoundExpr;
  readonly limitModifier?: string;
}

export type NormalBody =
  | { readonly kind: 'block'; readonly block: Block }
  | {
      readonly kind: 'set';
      readonly op: 'union' | 'intersect' | 'except';
      readonly all: boolean;
      readonly left: NormalQuery;
      readonly right: NormalQuery;
    }
  /** What blocks cannot say (recursion, PIVOT, VALUES, sampling...): reusable only as an exact whole. */
  | {
      readonly kind: 'opaque';
      readonly because: string;
      /** What it was before, so that it can be compared whole and printed. */
      readonly whole?: BoundBody;
    };

/** One select-project-join-group block. */
export interface Block {
  readonly from: JoinTree;
  /** Conjuncts of WHERE and of every flattened inner join. */
  readonly where: readonly BoundExpr[];
  /** Absent: the block does not aggregate. Empty: a scalar aggregate, always one row. */
  readonly groupBy?: readonly BoundExpr[];
  /** GROUPING SETS, as indexes into `groupBy`. */
  readonly groupingSets?: readonly (readonly number[])[];
  readonly having: readonly BoundExpr[];
  readonly items: readonly { readonly name: string; readonly expr: BoundExpr }[];
  readonly distinct: boolean;
  /** Anything that forbids all but exact reuse: windows, QUALIFY, DISTINCT ON, lateral, volatile calls...; empty when matchable. */
  readonly barriers: readonly string[];
}

export type JoinTree =
  | { readonly kind: 'none' }
  | { readonly kind: 'table'; readonly occ: number; readonly relation: RelationId }
  /** A source that could not be merged (it aggregates, limits, unites...): columns named as in `query.outputs`. */
  | { readonly kind: 'query'; readonly occ: number; readonly query: NormalQuery }
  /** Cross product; the conditions stand in `where`. At least two members. */
  | { readonly kind: 'inner'; readonly members: readonly JoinTree[] }
  | {
      readonly kind: 'outer';
      readonly join: 'left' | 'full' | 'semi' | 'anti';
      readonly left: JoinTree;
      readonly right: JoinTree;
      readonly on: readonly BoundExpr[];
    };
