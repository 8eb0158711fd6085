import type { EpochMs } from '../base/clock.ts';
import type { Action } from '../plan/action.ts';

/** What was begun and how it ended; an entry without an end was interrupted and is finished or undone at the next start. */
export interface JournalEntry {
  readonly id: number;
  readonly planDigest: string;
  readonly step: number;
  readonly action: Action;
  readonly fencingToken: number;
  readonly startedAt: EpochMs;
  readonly endedAt?: EpochMs;
  readonly outcome?: 'done' | 'failed' | 'undone';
  /** Why it failed or was undone, without literals. */
  readonly detail?: string;
}
