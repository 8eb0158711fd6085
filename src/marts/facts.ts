import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';

/**
 * What was verified of one snapshot of the warehouse. The matcher and the candidate search trust these and nothing
 * else; declared keys become facts only where the caller says so (`--trust-declared-keys`).
 */
export interface Facts {
  /** `build of gold.sales v3`, `declared`, ...: cited by certificates. */
  readonly source: string;
  readonly verifiedAt: EpochMs;
  readonly uniqueKeys: readonly UniqueKey[];
  readonly inclusions: readonly Inclusion[];
  readonly notNull: readonly { readonly relation: RelationId; readonly column: string }[];
  readonly rowCounts: readonly { readonly relation: RelationId; readonly rows: number }[];
}

/** No two rows agree on these columns with all of them non-null. */
export interface UniqueKey {
  readonly relation: RelationId;
  readonly columns: readonly string[];
}

/** Every row of `from` whose columns are all non-null finds a row in `to` (no orphans). */
export interface Inclusion {
  readonly from: RelationId;
  readonly fromColumns: readonly string[];
  readonly to: RelationId;
  readonly toColumns: readonly string[];
}

export const noFacts: Facts = {
  source: 'none',
  verifiedAt: 0,
  uniqueKeys: [],
  inclusions: [],
  notNull: [],
  rowCounts: [],
};
