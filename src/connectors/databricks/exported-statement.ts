import { isTold, isTrue, readUnder, textIn } from '../history/exports/exported-fields.ts';
import type { ExportedForm } from '../history/exports/exported-form.ts';
import type { HistoryRow } from '../history-row.ts';
import { queryTagsOf } from './query-tags.ts';
import { COMMENT, SCRIPT } from './script-text.ts';

const REQUIRED = { id: 'statement_id', text: 'statement_text', endedAt: 'end_time' };
const OURS = '/* goldsmith=';
const isScript = new RegExp(SCRIPT, 'i');
const comments = new RegExp(COMMENT, 'g');

/** `system.query.history`, as CSV, JSON or Parquet. Work is the time of all tasks over all cores. */
export const databricksStatement: ExportedForm = {
  dialect: 'databricks',
  of: 'Databricks system.query.history',
  marks: ['statement_id', 'statement_text'],
  fields: [
    'statement_id',
    'statement_text',
    'end_time',
    'start_time',
    'execution_status',
    'executed_by',
    'executed_as',
    'client_application',
    'query_tags',
    'from_result_cache',
    'total_task_duration_ms',
    'total_duration_ms',
    'read_rows',
    'read_bytes',
    'produced_rows',
  ],
  read(record) {
    const status = STATUS[textIn(record, 'execution_status').toUpperCase()];
    const text = textIn(record, 'statement_text');
    const tags = queryTagsOf(record['query_tags']);
    const isOurs = text.startsWith(OURS) || 'goldsmith' in tags;
    if (status === undefined || isOurs || isScript.test(text.replaceAll(comments, ' '))) {
      return undefined;
    }
    return readUnder(REQUIRED, {
      id: record['statement_id'],
      text: record['statement_text'],
      endedAt: record['end_time'],
      startedAt: record['start_time'],
      status,
      user: record['executed_by'],
      role: record['executed_as'] === record['executed_by'] ? undefined : record['executed_as'],
      client: record['client_application'],
      cpuMs: record['total_task_duration_ms'],
      durationMs: record['total_duration_ms'],
      rowsScanned: record['read_rows'],
      bytesScanned: record['read_bytes'],
      rowsReturned: record['produced_rows'],
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
      ...(isTold(record['from_result_cache'])
        ? { cached: isTrue(record, 'from_result_cache') }
        : {}),
    });
  },
};

/** One that is queued, compiled or running has not ended. */
const STATUS: Readonly<Record<string, HistoryRow['status']>> = {
  '': 'unknown',
  FINISHED: 'success',
  FAILED: 'failed',
  CANCELED: 'cancelled',
  CLOSED: 'success',
};
