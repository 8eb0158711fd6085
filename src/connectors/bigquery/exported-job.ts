import { HOUR_MS } from '../../base/clock.ts';
import { isTold, isTrue, numberIn, readUnder, textIn } from '../history/exports/exported-fields.ts';
import type { Billing, ExportedForm } from '../history/exports/exported-form.ts';
import type { HistoryRecord } from '../history/history-record.ts';
import { momentOf } from '../history/moment.ts';

const REQUIRED = { id: 'job_id', text: 'query', endedAt: 'end_time' };
const TIB = 2 ** 40;
const OURS = 'goldsmith';
const ADMIN = 'bigquery-adminbot@system.gserviceaccount.com';

/**
 * `INFORMATION_SCHEMA.JOBS`, as `bq query --format=json`, EXPORT DATA or a download writes it. Work is what the bill counts: a TiB
 * billed stands for an hour, or, billed by slots, slot milliseconds. A run by the other contract has no cost: its price is another.
 */
export const bigqueryJob: ExportedForm = {
  dialect: 'bigquery',
  of: 'BigQuery INFORMATION_SCHEMA.JOBS',
  marks: ['job_id', 'query'],
  fields: [
    'job_id',
    'query',
    'end_time',
    'start_time',
    'job_type',
    'state',
    'statement_type',
    'error_result',
    'user_email',
    'project_id',
    'labels',
    'cache_hit',
    'reservation_id',
    'total_bytes_billed',
    'total_bytes_processed',
    'total_slot_ms',
  ],
  read(record, billing) {
    const labels = labelsOf(record['labels']);
    if (!isFinishedQuery(record) || labels.some(([key]) => key === OURS)) {
      return undefined;
    }
    return readUnder(REQUIRED, {
      id: record['job_id'],
      text: record['query'],
      endedAt: record['end_time'],
      startedAt: record['start_time'],
      status: statusOf(record['error_result']),
      user: record['user_email'],
      database: record['project_id'],
      cpuMs: workOf(record, billing),
      durationMs: durationOf(record),
      bytesScanned: record['total_bytes_processed'],
      ...(labels.length === 0 ? {} : { tags: Object.fromEntries(labels) }),
      ...(isTold(record['cache_hit']) ? { cached: isTrue(record, 'cache_hit') } : {}),
    });
  },
};

/** Neither a script (its steps are there too), nor still running, nor the service's own upkeep. */
function isFinishedQuery(record: HistoryRecord): boolean {
  const isQuery = ['', 'QUERY'].includes(textIn(record, 'job_type').toUpperCase());
  const isDone = ['', 'DONE'].includes(textIn(record, 'state').toUpperCase());
  const isScript = textIn(record, 'statement_type').toUpperCase() === 'SCRIPT';
  return isQuery && isDone && !isScript && textIn(record, 'user_email') !== ADMIN;
}

/** An object, or the text of one. */
function statusOf(error: unknown): 'success' | 'failed' | 'cancelled' {
  if (!isTold(error) || error === 'null') {
    return 'success';
  }
  const told = parsed(error);
  const reason =
    typeof told === 'object' && told !== null && 'reason' in told ? told.reason : undefined;
  return reason === 'stopped' ? 'cancelled' : 'failed';
}

function workOf(record: HistoryRecord, billing: Billing): number | undefined {
  const isReserved = isTold(record['reservation_id']);
  if (billing === 'slots') {
    return isReserved ? numberIn(record, 'total_slot_ms') : 0;
  }
  const billed = numberIn(record, 'total_bytes_billed');
  return isReserved ? 0 : billed === undefined ? undefined : (billed / TIB) * HOUR_MS;
}

function durationOf(record: HistoryRecord): number | undefined {
  const [from, to] = ['start_time', 'end_time'].map((field) => momentOf(record[field]));
  return from === undefined || to === undefined ? undefined : Math.max(0, to - from);
}

/** A list of `{key, value}`, or the text of one. */
function labelsOf(labels: unknown): readonly (readonly [string, string])[] {
  const told = parsed(labels);
  return Array.isArray(told)
    ? told.flatMap((label: unknown) =>
        typeof label === 'object' && label !== null && 'key' in label && 'value' in label
          ? [[String(label.key), String(label.value)] as const]
          : [],
      )
    : [];
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    return value;
  }
}
