import type { Additivity } from './additivity.ts';

/** What one canonical block of a statement says: joins as classes, filters as ranges, groups, measures. */
export interface BlockFacts {
  /** Where the block stands, outermost first: `query`, `query/left`, `query/t`, `query/subquery`. */
  readonly at: string;
  /** What it reads, each occurrence by a name of its own: `orders`, `orders#2`, and names of inner blocks. */
  readonly reads: readonly string[];
  /** Columns that hold one value on every row of the block. */
  readonly equal: readonly (readonly string[])[];
  readonly outerJoins: readonly OuterJoinFact[];
  readonly ranges: readonly RangeFact[];
  /** Conditions that are neither equality of columns nor range, as canonical texts. */
  readonly residuals: readonly string[];
  /** Absent: the block does not group. Empty: one row whatever it reads. */
  readonly groupBy?: readonly string[];
  readonly groupingSets?: readonly (readonly number[])[];
  readonly having: readonly string[];
  readonly measures: readonly MeasureFact[];
  readonly distinct: boolean;
  /** What lets the block be reused as an exact whole only; empty where it can be matched. */
  readonly barriers: readonly string[];
}

export interface OuterJoinFact {
  readonly kind: 'left' | 'full' | 'semi' | 'anti';
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly on: readonly string[];
}

/** What a block demands of one expression; all bounds hold together. */
export interface RangeFact {
  readonly of: string;
  readonly bounds: readonly {
    readonly op: '=' | '<' | '<=' | '>' | '>=' | '<>' | 'in' | 'not in' | 'is null' | 'is not null';
    /** Canonical texts of constants; parameters where literals were taken out. */
    readonly values: readonly string[];
    /** How many more values a long list has. */
    readonly more?: number;
  }[];
}

export interface MeasureFact {
  /** The aggregate call as a canonical text. */
  readonly call: string;
  readonly additivity: Additivity;
}
