import type { HistoryRow } from '../history-row.ts';
import type { Billing } from './exports/exported-form.ts';
import { readRecord } from './exports/read-record.ts';
import type { HistoryRecord } from './history-record.ts';
import { type Line, MAX_LINE_BYTES } from './read-lines.ts';

export type ReadLine =
  | { readonly kind: 'row'; readonly row: HistoryRow }
  | { readonly kind: 'bad'; readonly because: string }
  | { readonly kind: 'blank' }
  | { readonly kind: 'waits' };

/** One line of a JSONL export. A last line without its newline that is no whole record waits for the rest. */
export function readJsonlLine(
  { text, complete, number }: Line,
  billing: Billing = 'bytes',
): ReadLine {
  if (text === undefined) {
    return { kind: 'bad', because: `the line is longer than ${MAX_LINE_BYTES} bytes` };
  }
  const json = number === 1 ? text.replace(/^\uFEFF/, '') : text;
  if (json.trim() === '') {
    return { kind: 'blank' };
  }
  const record = parseRecord(json);
  if (record === undefined) {
    return complete ? { kind: 'bad', because: 'not a JSON object' } : { kind: 'waits' };
  }
  return readRecord(record, billing) ?? { kind: 'blank' };
}

function parseRecord(json: string): HistoryRecord | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as HistoryRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Most writers put the id first; then it can be told without reading the whole record. */
const LEADING_ID = /^\{\s*"id"\s*:\s*"([^"\\]+)"/;

/** The id of a line, for an index whose hits are checked again; absent when there is none. */
export function idOfJsonlLine(line: Line): string | undefined {
  const leading = line.text === undefined ? undefined : LEADING_ID.exec(line.text)?.[1];
  if (leading !== undefined) {
    return leading;
  }
  const read = readJsonlLine(line);
  return read.kind === 'row' ? read.row.id : undefined;
}
