import type { EpochMs } from '../../base/clock.ts';
import { momentOf } from '../history/moment.ts';

/** One entry of DuckDB's log. */
export interface LogRecord {
  /** One per statement: its QueryLog entry and its Metrics entries share it. Begins anew with each process. */
  readonly context: string;
  /** As the log writes it, to the microsecond. */
  readonly timestamp: string;
  readonly at: EpochMs;
  readonly type: string;
  readonly message: string;
}

/** `34,2026-11-22 00:48:06.082378+00,QueryLog,INFO,select 0` */
const RECORD = /^(\d+),([^,"]+),(\w+),(\w+),([\s\S]*)$/;

/** How every entry begins; a line like this within an open quote means that the entry before it was cut off. */
export const RECORD_START = /^\d+,\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}[^,"]*,\w+,[A-Z]+,/;

/** The header, which each process that begins a file writes. */
export const RECORD_HEADER = /^context_id,timestamp,type,log_level,message\s*$/;

/** One entry of `duckdb_log_entries.csv`; absent when it is not whole. */
export function parseLogRecord(csv: string): LogRecord | undefined {
  const [, context, timestamp, type, , field] = RECORD.exec(csv) ?? [];
  const message = field === undefined ? undefined : unquote(field.replace(/\r$/, ''));
  const at = momentOf(timestamp);
  if (context === undefined || timestamp === undefined || type === undefined) {
    return undefined;
  }
  return message === undefined || at === undefined
    ? undefined
    : { context, timestamp, at, type, message };
}

function unquote(field: string): string | undefined {
  if (!field.startsWith('"')) {
    return field.includes('"') ? undefined : field;
  }
  const inner = field.slice(1, -1);
  const isWhole = field.length > 1 && field.endsWith('"') && !/(^|[^"])("")*"($|[^"])/.test(inner);
  return isWhole ? inner.replaceAll('""', '"') : undefined;
}

/** `{'metric': CPU_TIME, 'value': 3.0e-05}`; metrics that are no numbers are of no use to us. */
export function metricOf(
  message: string,
): { readonly name: string; readonly value: number } | undefined {
  const [, name, text] = /^\{'metric': (\w+), 'value': ([-+\d.e]+)\}$/.exec(message) ?? [];
  const value = Number(text);
  return name === undefined || !Number.isFinite(value) ? undefined : { name, value };
}
