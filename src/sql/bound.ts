import type { RelationId } from '../base/relation.ts';
import type { ExprOf, JoinKind, OrderItemOf } from './ir.ts';

/** A resolved expression. */
export type BoundExpr = ExprOf<BoundQuery>;
export type BoundOrderItem = OrderItemOf<BoundQuery>;

/**
 * A query after resolution: the same expressions, but every `column` has become a `ref` to an occurrence,
 * every star is expanded, USING and NATURAL are ON conditions, ordinals and output aliases in GROUP BY, ORDER BY,
 * HAVING and QUALIFY are the expressions they stand for, lateral aliases are substituted, named windows inlined,
 * CTEs and views are derived sources, queries inside expressions are bound queries.
 *
 * Occurrence numbers are unique over the whole statement, so a ref to an occurrence that is not among the
 * sources of its own select is a correlated one.
 */
export interface BoundQuery {
  readonly body: BoundBody;
  readonly orderBy: readonly BoundOrderItem[];
  readonly limit?: BoundExpr;
  readonly offset?: BoundExpr;
  readonly limitModifier?: string;
  /** Output names in order, in stored case. */
  readonly outputs: readonly string[];
}

export type BoundBody =
  | BoundSelect
  | {
      readonly kind: 'set';
      readonly op: 'union' | 'intersect' | 'except';
      readonly all: boolean;
      readonly left: BoundQuery;
      readonly right: BoundQuery;
    }
  | { readonly kind: 'values'; readonly rows: readonly (readonly BoundExpr[])[] }
  | { readonly kind: 'opaque-query'; readonly because: string };

export interface BoundSelect {
  readonly kind: 'select';
  readonly distinct?: 'all' | readonly BoundExpr[];
  readonly items: readonly BoundItem[];
  readonly from?: BoundFrom;
  readonly where?: BoundExpr;
  /** Absent: no GROUP BY clause (a scalar aggregate if an item aggregates). */
  readonly groupBy?: {
    readonly exprs: readonly BoundExpr[];
    readonly sets?: readonly (readonly number[])[];
  };
  readonly having?: BoundExpr;
  readonly qualify?: BoundExpr;
  readonly opaqueClauses: readonly string[];
}

export interface BoundItem {
  /** The output's name; a name is made where the text gives none. */
  readonly name: string;
  readonly expr: BoundExpr;
  /** True when it came out of a `*`. */
  readonly fromStar: boolean;
}

export type BoundFrom =
  | {
      readonly kind: 'table';
      readonly occ: number;
      readonly relation: RelationId;
      readonly modifiers: readonly string[];
      /** False: not in the schema snapshot; its columns are those the statement names. */
      readonly known: boolean;
    }
  | {
      readonly kind: 'derived';
      readonly occ: number;
      readonly query: BoundQuery;
      readonly lateral: boolean;
      readonly origin: 'subquery' | 'cte' | 'view';
      /** The view's relation, or the CTE's name. */
      readonly name?: string;
      /** Columns as the outer query names them, parallel to `query.outputs`. */
      readonly columns: readonly string[];
    }
  /** A reference to the CTE being defined, inside its own recursive part. */
  | {
      readonly kind: 'recursive';
      readonly occ: number;
      readonly name: string;
      readonly columns: readonly string[];
    }
  | {
      readonly kind: 'function';
      readonly occ: number;
      readonly name: string;
      readonly args: readonly BoundExpr[];
      readonly columns: readonly string[];
    }
  | {
      readonly kind: 'join';
      readonly join: Exclude<JoinKind, 'right'>;
      readonly left: BoundFrom;
      readonly right: BoundFrom;
      readonly on?: BoundExpr;
    }
  /** PIVOT, UNPIVOT and what no reader understood: its sources still count as read. */
  | {
      readonly kind: 'opaque-from';
      readonly occ: number;
      readonly because: string;
      readonly sources: readonly BoundFrom[];
      readonly inside: readonly BoundExpr[];
      readonly columns: readonly string[];
    };
