import { type HistoryRecord, type ReadRecord, readHistoryRecord } from '../history-record.ts';

/** Absent, or written as exports write it: NULL, nothing at all. */
export function isTold(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '';
}

/** A field as text; nothing where it is not told. */
export function textIn(record: HistoryRecord, field: string): string {
  const value = record[field];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** A field as a number; absent where it is not told or none. */
export function numberIn(record: HistoryRecord, field: string): number | undefined {
  const text = textIn(record, field).trim();
  const number = Number(text);
  return text !== '' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** True where it is written so, in whatever case. */
export function isTrue(record: HistoryRecord, field: string): boolean {
  return textIn(record, field).toLowerCase() === 'true';
}

/** The columns of the view that a record of ours must have; a reason names them as the view does. */
export interface Required {
  readonly id: string;
  readonly text: string;
  readonly endedAt: string;
}

/** Checks a record under our names, and says under the view's own which required one is missing. */
export function readUnder(names: Required, record: HistoryRecord): ReadRecord {
  for (const field of ['id', 'text', 'endedAt'] as const) {
    if (!isTold(record[field])) {
      return { kind: 'bad', because: `${names[field]} is missing` };
    }
  }
  const told = Object.entries(record).filter(([, value]) => isTold(value));
  return readHistoryRecord(Object.fromEntries(told));
}
