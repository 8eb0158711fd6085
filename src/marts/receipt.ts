import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { NanoUsd } from '../base/usd.ts';

/** `cash`: on the bill. `capacity`: freed within what is paid anyway. `time`: seconds readers no longer wait. Never summed. */
export type SavingLine = 'cash' | 'capacity' | 'time';

/** Predicted and realized saving of one decision, per line; money lines in nano-dollars, the time line in milliseconds. */
export interface Receipt {
  /** The plan digest and the relation: `9f2c…/gold.sales_by_day`. */
  readonly decision: string;
  readonly relation: RelationId;
  readonly line: SavingLine;
  readonly from: EpochMs;
  readonly until: EpochMs;
  /** For `cash` and `capacity`: nano-dollars. For `time`: milliseconds. */
  readonly predicted: bigint;
  readonly realizedGross: bigint;
  /** Build, failed builds, refresh, storage, verification, hold-out and our own statements; 0 on the time line. */
  readonly debits: bigint;
  /** `realizedGross - debits`. */
  readonly net: bigint;
  /** How the saving was measured: hold-out runs, paired A/B/B/A runs; never a model alone. */
  readonly method: 'hold-out' | 'paired-runs';
  readonly baseRuns: number;
  readonly martRuns: number;
  /** Enough measured runs and days that the number may be relied on. */
  readonly matured: boolean;
  readonly rolledBack: boolean;
  /** On the time line: templates whose runs were measured to be slower on the mart than on base. */
  readonly slower?: readonly SlowerTemplate[];
}

/** Milliseconds a run, means of both sides. */
export interface SlowerTemplate {
  readonly fingerprint: string;
  readonly baseMs: number;
  readonly martMs: number;
}

/** One entry on a decision's debit side, or a measured saving; receipts are folded from these. */
export interface WorkDone {
  readonly at: EpochMs;
  readonly relation: RelationId;
  readonly kind:
    | 'build'
    | 'failed-build'
    | 'refresh'
    | 'storage'
    | 'verification'
    | 'paired-run'
    /** Comparing a new kind of statement with base before a mart first answers it: once, so no upkeep. */
    | 'first-use'
    | 'facts'
    | 'daemon'
    /** A share of what no mart caused: the catalog, the lease, looking while no mart stood. No mart's upkeep. */
    | 'running';
  readonly cpuMs: number;
  readonly cost: NanoUsd;
  /** Of a failed build: what it failed of. Absent with those of older versions. */
  readonly because?: string;
  /** Of a failed build: how long its statements ran, on however many cores. Absent with those of older versions: as long as `cpuMs`. */
  readonly tookMs?: number;
  /** Of a failed build: we called it off ourselves, to stop, so that it may be tried again at once. Absent: no. */
  readonly isCancelled?: true;
}
