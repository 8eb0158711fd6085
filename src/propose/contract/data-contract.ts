import type { RelationId } from '../../base/relation.ts';

/** What readers of a mart may rely on, as an Open Data Contract (ODCS v3) says it. */
export interface DataContract {
  readonly relation: RelationId;
  /** `major.minor.patch`; what raises which is in `compare-contracts.ts`. */
  readonly version: string;
  /** How it is stored now. No promise: readers see a view in both cases. */
  readonly physicalType: 'table' | 'view';
  /** The team or person who answers for it. */
  readonly owner?: string;
  readonly purpose?: string;
  /** In the view's order. */
  readonly columns: readonly ContractColumn[];
  /** No two rows agree on these; absent: nothing is promised. */
  readonly key?: readonly string[];
  /** Never fewer rows than this. */
  readonly minimumRows?: number;
  /** Answers are never older than this. */
  readonly maxStalenessMs?: number;
  /** Digest of the statement it is computed by: no promise, but readers may want to know that it changed. */
  readonly statement?: string;
}

/** A promise that is absent was neither given nor taken back: an update leaves what the file says. */
export interface ContractColumn {
  readonly name: string;
  /** As the warehouse writes it. */
  readonly type: string;
  readonly notNull?: boolean;
  readonly unique?: boolean;
  readonly description?: string;
  /** Written with a column that is new, and people's from then on. */
  readonly tags?: readonly string[];
}

/** What stands in the file after it was made or updated, and why its version is what it is. */
export type WrittenContract =
  | {
      readonly kind: 'written';
      readonly text: string;
      /** Absent where there was no contract before. */
      readonly before?: string;
      readonly version: string;
      readonly level: ContractLevel | 'none';
      /** One sentence a change, the gravest first. */
      readonly changes: readonly ContractChange[];
    }
  /** The file is somebody's, and not one that can be edited safely: it stays as it is. */
  | { readonly kind: 'left-alone'; readonly because: string };

/** A promise broken, a promise added, other words. */
export type ContractLevel = 'major' | 'minor' | 'patch';

export interface ContractChange {
  readonly level: ContractLevel;
  readonly says: string;
}
