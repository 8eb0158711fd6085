import type { LineFormat } from '../history/jsonl-history.ts';
import type { ReadLine } from '../history/jsonl-line.ts';
import { type Line, MAX_LINE_BYTES } from '../history/read-lines.ts';
import { parsedObject, readLogEntry } from './log-entry.ts';

/**
 * PostgreSQL's log in JSON, a line an entry.
 *
 * Finished statements are those `log_min_duration_statement` (or `log_duration` with texts) tells, and those whose plan
 * auto_explain tells as JSON; what the log tells twice counts twice, so only one of the two should be on. Failed and cancelled
 * ones are the errors that carry their statement. The server knows no thread time: the duration stands for it.
 */
export const postgresLog: LineFormat = {
  read: readLogLine,
  idOf(line) {
    const read = readLogLine(line);
    return read.kind === 'row' ? read.row.id : undefined;
  },
};

function readLogLine({ text, complete }: Line): ReadLine {
  if (text === undefined) {
    return { kind: 'bad', because: `the line is longer than ${MAX_LINE_BYTES} bytes` };
  }
  if (text.trim() === '') {
    return { kind: 'blank' };
  }
  const json = parsedObject(text);
  if (json === undefined) {
    return complete ? { kind: 'bad', because: 'not a JSON object' } : { kind: 'waits' };
  }
  return readLogEntry(json);
}
