import type { EpochMs } from '../../base/clock.ts';
import type { HistoryRow } from '../history-row.ts';
import { type LogRecord, metricOf } from './log-record.ts';

/** A statement whose end is not known yet, with what was measured so far. Holds no text, so it may be kept in a position. */
export interface OpenStatement {
  /** Byte offset of its QueryLog entry, where the log is a file. */
  readonly offset: number;
  readonly context: string;
  readonly startedAt: EpochMs;
  readonly metrics: Readonly<Record<string, number>>;
  readonly lastMetricAt?: EpochMs | undefined;
}

interface Draft {
  readonly offset: number;
  readonly record: LogRecord;
  readonly metrics: Record<string, number>;
  lastMetricAt: EpochMs | undefined;
}

/** A statement's metrics are written together; this long after the last one there will be no more. */
const METRICS_SETTLE_MS = 2000;

/** A statement this long without metrics failed, was cancelled, or was run without profiling. */
const OUTCOME_SETTLE_MS = 600_000;

/** More statements than this do not wait for their outcome: the oldest ones are told as they are. */
const MOST_OPEN = 2000;

/**
 * Puts statements together from log entries: a QueryLog entry when it starts, Metrics entries when it has ended well.
 * DuckDB logs no outcome, so a statement without metrics has the status `unknown`.
 */
export class LogStatements {
  readonly #open = new Map<string, Draft>();

  add(record: LogRecord, offset: number): readonly HistoryRow[] {
    if (record.type === 'QueryLog') {
      const before = this.#open.get(record.context);
      this.#open.set(record.context, { offset, record, metrics: {}, lastMetricAt: undefined });
      return before === undefined ? [] : [rowOf(before)];
    }
    const draft = this.#open.get(record.context);
    const metric = record.type === 'Metrics' ? metricOf(record.message) : undefined;
    if (draft !== undefined && record.type === 'Metrics') {
      draft.lastMetricAt = record.at;
      if (metric !== undefined) {
        draft.metrics[metric.name] = metric.value;
      }
    }
    return [];
  }

  /** Continues a statement that was open when the log was read before. */
  resume({ metrics, lastMetricAt, offset }: OpenStatement, record: LogRecord): void {
    this.#open.set(record.context, { offset, record, metrics: { ...metrics }, lastMetricAt });
  }

  /** Statements that are over by `now`, in the order they began. */
  takeSettled(now: EpochMs): readonly HistoryRow[] {
    const surplus = this.#open.size - MOST_OPEN;
    const settled = [...this.#open.entries()].filter(
      ([, draft], index) => index < surplus || isSettled(draft, now),
    );
    for (const [context] of settled) {
      this.#open.delete(context);
    }
    return settled.map(([, draft]) => rowOf(draft));
  }

  stillOpen(): readonly OpenStatement[] {
    return [...this.#open.values()].map(({ offset, record, metrics, lastMetricAt }) => ({
      offset,
      context: record.context,
      startedAt: record.at,
      metrics,
      lastMetricAt,
    }));
  }
}

/** The id of a statement: contexts begin anew with each process, so its moment belongs to it. */
export function idOfLogRecord({ context, timestamp }: LogRecord): string {
  return `${timestamp.replace(' ', 'T')}#${context}`;
}

function isSettled({ record, lastMetricAt }: Draft, now: EpochMs): boolean {
  return lastMetricAt === undefined
    ? now - record.at > OUTCOME_SETTLE_MS
    : now - lastMetricAt > METRICS_SETTLE_MS;
}

function rowOf({ record, metrics, lastMetricAt }: Draft): HistoryRow {
  return {
    id: idOfLogRecord(record),
    text: record.message,
    startedAt: record.at,
    endedAt: lastMetricAt ?? record.at,
    status: lastMetricAt === undefined ? 'unknown' : 'success',
    ...inMs('durationMs', metrics['LATENCY']),
    ...inMs('cpuMs', metrics['CPU_TIME']),
    ...count('rowsScanned', metrics['CUMULATIVE_ROWS_SCANNED']),
    ...count('rowsReturned', metrics['ROWS_RETURNED']),
  };
}

function inMs(field: 'durationMs' | 'cpuMs', seconds: number | undefined): Partial<HistoryRow> {
  return seconds === undefined ? {} : { [field]: seconds * 1000 };
}

function count(
  field: 'rowsScanned' | 'rowsReturned',
  value: number | undefined,
): Partial<HistoryRow> {
  return value === undefined ? {} : { [field]: value };
}
