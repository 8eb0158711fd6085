import type { RelationId } from '../base/relation.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { NotEnumerated } from '../candidates/candidate.ts';
import type { BadHistoryRow } from '../connectors/history-row.ts';
import type { CandidateVerdict, UnreachableDemand } from '../decide/decisions.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { Coverage } from '../usage/template.ts';

/** What a replay found. Money is predicted throughout: nothing was built, nothing was measured. */
export interface ReplayReport {
  readonly history: ReplayedHistory;
  /** What was taken for granted, one sentence each. */
  readonly assumptions: readonly string[];
  readonly coverage: Coverage;
  readonly days: readonly ReplayedDay[];
  readonly events: readonly ReplayEvent[];
  readonly marts: readonly ReplayedMart[];
  /** Refused on the last day, dearest demand first. */
  readonly refused: readonly RefusedCandidate[];
  /** Refused, or would be next, for want of a proof only a warehouse can give; also among `refused` where another rule said no first. */
  readonly needsProof: readonly RefusedCandidate[];
  readonly refusedByRule: readonly { readonly rule: string; readonly candidates: number }[];
  readonly notEnumerated: readonly NotEnumerated[];
  readonly unreachable: readonly UnreachableDemand[];
  readonly templates: readonly TopTemplate[];
  readonly graph: JoinPicture;
  /** Columns of gold relations nobody named in the whole history. */
  readonly unread: readonly UnreadColumns[];
  readonly totals: ReplayTotals;
}

export interface ReplayedHistory {
  readonly name: string;
  readonly dialect: DialectName;
  readonly fromDay: string;
  readonly untilDay: string;
  readonly statements: number;
  readonly counted: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly badRows: number;
  readonly lastBadRows: readonly BadHistoryRow[];
  readonly templates: number;
}

/** One day of the history, at the replay's prices. */
export interface ReplayedDay {
  readonly day: string;
  readonly statements: number;
  /** What the day's statements cost as they ran. */
  readonly asItRan: NanoUsd;
  /** What the marts that would have stood are predicted to have saved of it. */
  readonly saved: NanoUsd;
  readonly upkeep: NanoUsd;
  readonly builds: NanoUsd;
  /** Physical marts that would have stood on this day. */
  readonly standing: number;
}

export type ReplayEventKind = 'build' | 'publish' | 'demote' | 'release' | 'prune';

/** Something the plan of a morning would have done; refreshes and renewals are not listed. */
export interface ReplayEvent {
  readonly day: string;
  readonly kind: ReplayEventKind;
  readonly relation: RelationId;
  readonly because: string;
  readonly cost?: NanoUsd;
}

/** A mart that would have stood at some time. */
export interface ReplayedMart {
  readonly relation: RelationId;
  readonly sql: string;
  readonly origin: 'candidate' | 'adopted';
  /** Half-open: from the day it would have been built to the day it would have been a view again. */
  readonly stood: readonly { readonly from: string; readonly until: string | undefined }[];
  readonly publishedOn: string;
  readonly stage: 'logical' | 'physical' | 'released';
  readonly saved: NanoUsd;
  readonly upkeep: NanoUsd;
  readonly builds: NanoUsd;
  readonly refreshes: number;
  readonly templates: number;
  readonly rows: number;
  readonly assumed: readonly string[];
}

export type RefusedCandidate = Pick<
  CandidateVerdict,
  'relation' | 'sql' | 'because' | 'flip' | 'numbers' | 'evidence' | 'enumerator'
> & {
  readonly rule: string;
  /** Facts nobody could tell, that the daemon would measure first. */
  readonly needs: readonly string[];
};

export interface TopTemplate {
  readonly fingerprint: string;
  /** Without literals. */
  readonly normalForm: string;
  readonly runs: number;
  readonly readers: number;
  readonly cost: NanoUsd;
  /** Share of the cost of the whole history, 0..1. */
  readonly share: number;
  readonly level: 'full' | 'partial' | 'lexer';
  readonly notUnderstood: readonly string[];
}

export interface JoinPicture {
  readonly relations: readonly { readonly id: string; readonly runs: number }[];
  readonly joins: readonly {
    readonly left: string;
    readonly right: string;
    readonly on: string;
    readonly runs: number;
  }[];
  readonly relationsLeftOut: number;
  readonly joinsLeftOut: number;
}

export interface UnreadColumns {
  readonly relation: RelationId;
  readonly columns: number;
  readonly unread: readonly string[];
  readonly readDays: number;
}

export interface ReplayTotals {
  readonly asItRan: NanoUsd;
  readonly saved: NanoUsd;
  readonly upkeep: NanoUsd;
  readonly builds: NanoUsd;
  /** Saved less upkeep and builds. */
  readonly net: NanoUsd;
  readonly built: number;
  readonly demoted: number;
  readonly pruned: number;
}
