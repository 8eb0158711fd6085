import type { ExportedForm } from '../history/exports/exported-form.ts';
import { readLogEntry } from './log-entry.ts';

/** The server's own log in JSON, as `history.source: postgres-log` reads it. */
export const postgresEntry: ExportedForm = {
  dialect: 'postgres',
  of: 'a PostgreSQL log in JSON',
  marks: ['session_id', 'line_num', 'error_severity'],
  fields: [
    'timestamp',
    'session_id',
    'line_num',
    'message',
    'error_severity',
    'state_code',
    'statement',
    'detail',
    'user',
    'dbname',
    'application_name',
  ],
  read(record) {
    const read = readLogEntry(record);
    return read.kind === 'blank' ? undefined : read;
  },
};
