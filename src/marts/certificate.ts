import type { RelationId } from '../base/relation.ts';

/**
 * Why an answer from a mart equals the answer from base: one entry per discharged obligation, in the order of the
 * matcher's steps. A person can read it; `sql/match` can check it again.
 */
export interface Certificate {
  readonly marts: readonly RelationId[];
  readonly entries: readonly CertificateEntry[];
}

export interface CertificateEntry {
  /** Stable: `tables-mapped`, `extra-table-removed`, `range-compensated`, `rolled-up`, `exact`... */
  readonly step: string;
  /** One sentence. */
  readonly because: string;
  /** The facts it rests on, as `Facts.source` and the fact in words; empty where the step needs none. */
  readonly facts: readonly string[];
}

/** Why a mart cannot answer, nearest first when several are listed. */
export interface MissReason {
  /** Stable code, e.g. `COLUMN_NOT_IN_MART`. */
  readonly code: string;
  /** What is missing and what would make it match, in one sentence. */
  readonly text: string;
}
