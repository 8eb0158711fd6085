import type { EpochMs } from '../base/clock.ts';

/** A finished statement as the warehouse, or an exported history, tells it. */
export interface HistoryRow {
  readonly id: string;
  readonly text: string;
  readonly endedAt: EpochMs;
  readonly startedAt?: EpochMs;
  /** `unknown`: the source does not say; it lowers coverage and never costs. */
  readonly status: 'success' | 'failed' | 'cancelled' | 'unknown';
  readonly user?: string;
  readonly role?: string;
  readonly client?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly database?: string;
  readonly schema?: string;
  /** How many runs the row stands for, where the source counts instead of listing; its costs are their sums. Absent: one. */
  readonly runs?: number;
  readonly durationMs?: number;
  readonly cpuMs?: number;
  readonly rowsScanned?: number;
  readonly bytesScanned?: number;
  readonly rowsReturned?: number;
  readonly cached?: boolean;
  /**
   * The cost of runs that were told before is set right: how many they were, and what was told. The row itself stands for no run, and
   * its `cpuMs` is what has to be added, or taken off.
   */
  readonly corrects?: { readonly runs: number; readonly cpuMs: number };
  /** Relations that the warehouse kept of a definition and answered from by itself, as `schema.name`, where the source tells. */
  readonly answeredFrom?: readonly string[];
}

/**
 * Stands for the text of runs that are known and whose text is not: no parser reads it, so that coverage counts them as not understood
 * (law 11).
 */
export const TEXT_UNKNOWN = '<text not known>';

export interface HistoryBatch {
  readonly rows: readonly HistoryRow[];
  /** Rows that could not be read: where they stand and why; skipped, counted, reported. */
  readonly bad: readonly BadHistoryRow[];
  /** Opaque to all but the source: hand it back to continue after this batch. */
  readonly position: string;
}

export interface BadHistoryRow {
  /** `history.jsonl:17`. */
  readonly where: string;
  readonly because: string;
}

/** Where statements come from. Reading from the same position twice gives the same rows, and those that came late. */
export interface HistorySource {
  readonly name: string;
  /** From the position on (absent: from the beginning), in bounded batches. */
  read(
    position: string | undefined,
    options: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<HistoryBatch>;
  /** Texts of these statements, fetched again: Goldsmith's state keeps no literals (rule 17). Missing ones are left out. */
  fetchTexts(
    ids: readonly string[],
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<ReadonlyMap<string, string>>;
  /** What it asks of a warehouse, each question by itself and whatever its answer. Absent: it lies in no warehouse. */
  questions?(): readonly HistoryQuestion[];
}

/** A kind of statement that a history sends. */
export interface HistoryQuestion {
  readonly kind: string;
  /** What is done where it is refused, which the history can do without. */
  readonly otherwise?: string;
  readonly ask: (options: { readonly signal?: AbortSignal | undefined }) => Promise<unknown>;
}
