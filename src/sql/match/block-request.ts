import type { CertificateEntry, MissReason } from '../../marts/certificate.ts';
import type { BoundExpr } from '../bound.ts';
import type { DialectName } from '../dialect.ts';
import type { Block } from '../normal-query.ts';
import type { ColumnTypes } from './column-types.ts';
import type { PreparedBlock, PreparedMart } from './prepared.ts';

/** A block answered from a mart. */
export interface BlockHit {
  readonly kind: 'hit';
  readonly block: Block;
  readonly orderBy: readonly BoundExpr[];
  readonly entries: readonly CertificateEntry[];
  /** 0: rows as they are; 1: grouped once more; 2: computed from rows. */
  readonly effort: 0 | 1 | 2;
  readonly readsBase: boolean;
}

export interface BlockMiss {
  readonly kind: 'miss';
  readonly reason: MissReason;
  /** How many of the matcher's steps it passed: the more, the nearer. */
  readonly steps: number;
  /** The mart's conditions that do not follow from the query's, over the query's sources. */
  readonly lacking?: readonly BoundExpr[];
}

export interface BlockRequest {
  readonly query: PreparedBlock;
  /** Expressions of the ORDER BY above the block. */
  readonly orderBy: readonly BoundExpr[];
  readonly mart: PreparedMart;
  readonly types: ColumnTypes;
  readonly dialect: DialectName;
  /** True for the statement's own block without a limit: nothing is decided by a last digit. */
  readonly mayApproximate: boolean;
  /** Whether a table of the mart may be left out and the same table be joined back. */
  readonly isFarFetched: boolean;
  /** Numbers for occurrences in the rewritten query. */
  readonly nextOcc: () => number;
}

/** A block and a mart in one of the forms in which they may meet. */
export interface Attempt extends BlockRequest {
  readonly martBlock: PreparedBlock;
}
