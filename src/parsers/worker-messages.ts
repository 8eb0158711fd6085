import type { DialectName } from '../sql/dialect.ts';
import type { ParseOutcome, ParseRequest } from '../sql/parse-sql.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { NameContext, SchemaSnapshot } from '../sql/schema.ts';
import type { ParseLimits } from './limits.ts';

/** What a worker is started with. */
export interface WorkerStart {
  readonly limits: ParseLimits;
  /** 32-bit slots, written by the worker and read by the watchdog (but `ending`, the other way round): see `SLOTS`. */
  readonly progress: SharedArrayBuffer;
}

export const SLOTS = { index: 0, phase: 1, native: 2, ending: 3, count: 4 } as const;

/**
 * Starting up and loading a library take long on a busy machine; only reading is watched closely: of one text, or of several
 * together, where nobody can tell which of them a reader is at.
 */
export const PHASES = { waiting: 0, loading: 1, reading: 2, together: 3 } as const;

/** What names are resolved against; a worker is told once for as long as it is the same object. */
export interface World {
  readonly dialect: DialectName;
  readonly schema: SchemaSnapshot;
}

export interface Batch {
  readonly requests: readonly ParseRequest[];
  /** Given, each text is resolved to its shape right where it is parsed: trees are costly to hand over. */
  readonly resolve?: {
    /** One for each request. */
    readonly names: readonly NameContext[];
    /** Absent when it is the one told last. */
    readonly world?: World | undefined;
  };
}

/** A text that was read and resolved. */
export interface Shaped {
  readonly kind: 'shaped';
  readonly shape: Shape;
}

export type Outcome = ParseOutcome | Shaped;

export interface Answer {
  /** The next outcomes of the batch, in order. */
  readonly outcomes: readonly Outcome[];
  /** The worker is through with the batch; of a spent one the rest goes to another. */
  readonly done: boolean;
  /** A parser library crashed in there: take another worker, and one text at a time for the rest. */
  readonly spent: boolean;
}
