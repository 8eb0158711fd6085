import type { DialectName } from '../../../sql/dialect.ts';
import type { HistoryRecord, ReadRecord } from '../history-record.ts';

/** What is billed, where the vendor has more than one contract. */
export type Billing = 'bytes' | 'slots';

/** A vendor's own history view, as people export it: under the vendor's names, one statement a record. */
export interface ExportedForm {
  readonly dialect: DialectName;
  /** The view in people's words, for the sentence that says what is missing. */
  readonly of: string;
  /** Columns by which it is told from others, lower case. */
  readonly marks: readonly string[];
  /** All columns that are read, lower case; others cost nothing. */
  readonly fields: readonly string[];
  /** Of a record with names in lower case. Absent: no finished statement that anybody sent. */
  readonly read: (record: HistoryRecord, billing: Billing) => ReadRecord | undefined;
}

/** An export that cannot be replayed however it is named, and why. */
export interface UnusableForm {
  readonly marks: readonly string[];
  readonly because: string;
}
