import type { RelationId } from '../base/relation.ts';

/**
 * Why an answer from a mart equals the answer from base: one entry per discharged obligation, in the order of the
 * matcher's steps. A person can read it; `sql/match` can check it again.
 */
export interface Certificate {
  readonly marts: readonly RelationId[];
  readonly entries: readonly CertificateEntry[];
  /** Given where more than one mart is read, or base tables beside marts: whoever serves it must keep it, or refuse. */
  readonly oneMoment?: OneMoment;
}

/**
 * What a rewrite owes beside the facts: all it reads must be of one moment. `marts-agree`: the rows of every mart are those of
 * one and the same moment of the sources. `marts-are-current`: they are those of the statement's own snapshot, for it reads
 * base tables as well.
 */
export type OneMoment = 'marts-agree' | 'marts-are-current';

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
