/** How much one statement may ask of the parsers. Counted before any grammar sees the text. */
export interface ParseLimits {
  /** Characters; longer texts are refused. */
  readonly maxLength: number;
  /** Words, names, literals and punctuation. */
  readonly maxTokens: number;
  /** Operators in one expression; longer chains overflow what comes after the parsers. */
  readonly maxOperators: number;
  /** UNION, INTERSECT and EXCEPT in one text: as deep a tree as there are of them. */
  readonly maxSetOperations: number;
  /** JOINs in one statement: a tree as deep as there are of them. */
  readonly maxJoins: number;
  /** The same keyword in a row. */
  readonly maxRepeats: number;
  /** Nested brackets and CASE. */
  readonly maxDepth: number;
}

export const DEFAULT_LIMITS: ParseLimits = {
  maxLength: 2_000_000,
  maxTokens: 400_000,
  maxOperators: 2_000,
  maxSetOperations: 1_000,
  maxJoins: 1_000,
  maxRepeats: 12,
  maxDepth: 150,
};
