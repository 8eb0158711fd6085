import { GoldsmithError } from '../../base/goldsmith-error.ts';

export type HistoryErrorCode = 'HISTORY_MISSING' | 'HISTORY_UNREADABLE';

/** The history as a whole cannot be read; single bad rows are counted instead and never raise. */
export class HistoryError extends GoldsmithError {
  override readonly code: HistoryErrorCode;

  constructor(code: HistoryErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause, retryable: true });
    this.code = code;
  }
}
