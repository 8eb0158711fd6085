import { isTrue, numberIn, readUnder, textIn } from '../history/exports/exported-fields.ts';
import type { ExportedForm } from '../history/exports/exported-form.ts';
import type { HistoryRecord } from '../history/history-record.ts';
import type { HistoryRow } from '../history-row.ts';
import { creditsPerHour } from './credits.ts';
import { OUR_TAG, tagsOf } from './query-tag.ts';

const REQUIRED = { id: 'query_id', text: 'query_text', endedAt: 'end_time' };

/**
 * `QUERY_HISTORY`, of ACCOUNT_USAGE or INFORMATION_SCHEMA, as CSV, JSON or Parquet. Costs are what the live reader counts before the
 * account attributed credits: milliseconds of a warehouse of one credit an hour, by the share of it the run used.
 */
export const snowflakeStatement: ExportedForm = {
  dialect: 'snowflake',
  of: 'Snowflake QUERY_HISTORY',
  marks: ['query_id', 'query_text'],
  fields: [
    'query_id',
    'query_text',
    'end_time',
    'start_time',
    'execution_status',
    'error_code',
    'user_name',
    'role_name',
    'query_tag',
    'database_name',
    'schema_name',
    'warehouse_size',
    'total_elapsed_time',
    'execution_time',
    'query_load_percent',
    'bytes_scanned',
    'rows_produced',
    'is_client_generated_statement',
  ],
  read(record) {
    const status = statusOf(record);
    const tag = textIn(record, 'query_tag');
    if (
      status === undefined ||
      isTrue(record, 'is_client_generated_statement') ||
      tag.startsWith(OUR_TAG)
    ) {
      return undefined;
    }
    const isCached = isFromCache(record, status);
    return readUnder(REQUIRED, {
      id: record['query_id'],
      text: record['query_text'],
      endedAt: record['end_time'],
      startedAt: record['start_time'],
      status,
      user: record['user_name'],
      role: record['role_name'],
      database: record['database_name'],
      schema: record['schema_name'],
      durationMs: record['total_elapsed_time'],
      cpuMs: isCached ? 0 : workOf(record),
      bytesScanned: record['bytes_scanned'],
      rowsReturned: record['rows_produced'],
      ...tagsOf(tag),
      ...(isCached ? { cached: true } : {}),
    });
  },
};

/** Absent while it runs. */
function statusOf(record: HistoryRecord): HistoryRow['status'] | undefined {
  const told = textIn(record, 'execution_status').toLowerCase();
  if (/^(running|queued|blocked|resuming)/.test(told)) {
    return undefined;
  }
  if (told === '') {
    return 'unknown';
  }
  const isCancelled = Number(textIn(record, 'error_code')) === 604;
  return told === 'success' ? 'success' : isCancelled ? 'cancelled' : 'failed';
}

/** Answered from the result cache: no warehouse, nothing scanned. */
function isFromCache(record: HistoryRecord, status: HistoryRow['status']): boolean {
  const hasNoWarehouse = textIn(record, 'warehouse_size') === '';
  return status === 'success' && hasNoWarehouse && numberIn(record, 'bytes_scanned') === 0;
}

/** Absent where the export does not tell the warehouse's size: its price is not guessed. */
function workOf(record: HistoryRecord): number | undefined {
  const ms = numberIn(record, 'execution_time');
  const size = textIn(record, 'warehouse_size');
  return ms === undefined || size === ''
    ? undefined
    : ms * ((numberIn(record, 'query_load_percent') ?? 100) / 100) * creditsPerHour(size);
}
