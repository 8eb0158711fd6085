import type { BoundExpr } from '../bound.ts';

/** An output of the mart: what it is over the query's sources, and the mart's column that holds it. */
export interface MartOutput {
  readonly expr: BoundExpr;
  readonly column: BoundExpr;
}

export interface Outputs {
  /** Outputs that are values of rows, or of groups' keys. */
  readonly rows: readonly MartOutput[];
  /** Outputs that are aggregates, or computed from them. */
  readonly measures: readonly MartOutput[];
}
