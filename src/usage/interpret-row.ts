import type { EpochMs } from '../base/clock.ts';
import type { StatementClass } from '../sql/classify-statement.ts';
import type { Reader, ServedBy } from './template.ts';

/** What one row of the history means, before anything is parsed. */
export type Interpreted =
  | {
      readonly kind: 'skip';
      /** The stable id of the skip rule, for the counts in `Coverage.skipped`. */
      readonly rule: string;
      /**
       * Given for statements that failed or were cancelled: whose run it would have been. They are
       * counted in the facts of a template already known (`failedRuns`), but never make one.
       */
      readonly use?: InterpretedUse;
    }
  | ({ readonly kind: 'use' } & InterpretedUse);

export interface InterpretedUse {
  /** Of the text as it ran. */
  readonly fingerprint: string;
  readonly normalForm: string;
  /** The template to book the run on: the original statement's where `route` served another text for it, else `fingerprint`. */
  readonly templateFingerprint: string;
  readonly statementClass: StatementClass;
  readonly reader: Reader;
  /** Lower case; empty when the history does not tell. */
  readonly client: string;
  /** As the history tells it; empty when it does not. */
  readonly role: string;
  /** UTC, `YYYY-MM-DD`, of the moment it ended. */
  readonly day: string;
  readonly endedAt: EpochMs;
  readonly servedBy: ServedBy;
  readonly status: 'success' | 'failed' | 'cancelled' | 'unknown';
  readonly cached: boolean;
  /** Chainable operators, nesting and characters: bounds for what a parser is given. */
  readonly operators: number;
  readonly depth: number;
  readonly length: number;
}
