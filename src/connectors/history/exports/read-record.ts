import { type HistoryRecord, type ReadRecord, readHistoryRecord } from '../history-record.ts';
import type { Billing } from './exported-form.ts';
import { formOf, lowered } from './exported-forms.ts';

/** Checks one record under our names or a vendor's. Absent: no finished statement that anybody sent. */
export function readRecord(
  record: HistoryRecord,
  billing: Billing = 'bytes',
): ReadRecord | undefined {
  if ('text' in record || 'id' in record || 'endedAt' in record) {
    return readHistoryRecord(record);
  }
  const columns = Object.keys(record);
  const found = formOf(columns);
  switch (found.kind) {
    case 'ours':
      return readHistoryRecord(record);
    case 'theirs':
      return found.form.read(lowered(record), billing);
    case 'unknown':
      return columns.length === 0
        ? readHistoryRecord(record)
        : { kind: 'bad', because: found.because };
  }
}
