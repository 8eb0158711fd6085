import type { ParseOutcome, ParseRequest } from '../sql/parse-sql.ts';
import type { ParseLimits } from './limits.ts';

/** What a worker is started with. */
export interface WorkerStart {
  readonly limits: ParseLimits;
  /** 32-bit slots, written by the worker and read by the watchdog: see `SLOTS`. */
  readonly progress: SharedArrayBuffer;
}

export const SLOTS = { index: 0, phase: 1, count: 2 } as const;

/** Starting up and loading a library take long on a busy machine; only reading is watched closely. */
export const PHASES = { waiting: 0, loading: 1, reading: 2 } as const;

export interface Batch {
  readonly requests: readonly ParseRequest[];
}

export interface Answer {
  /** The next outcomes of the batch, in order. */
  readonly outcomes: readonly ParseOutcome[];
  /** The worker is through with the batch; of a spent one the rest goes to another. */
  readonly done: boolean;
  /** A parser library crashed in there: take another worker. */
  readonly spent: boolean;
}
