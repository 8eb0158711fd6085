import type { HistoryRow } from '../connectors/history-row.ts';
import type { StatementReading } from './statement-reading.ts';
import type { Reader } from './template.ts';

/** What a skip rule may look at. */
export interface SkipInput {
  readonly row: HistoryRow;
  readonly reading: StatementReading;
  readonly reader: Reader;
}

/** One reason why a statement tells nothing about demand. Its id is counted in `Coverage.skipped`. */
export interface SkipRule {
  readonly id: string;
  skips(input: SkipInput): boolean;
}
