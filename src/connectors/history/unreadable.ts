import type { HistoryFile, HistoryFormat } from './find-history-files.ts';
import { HistoryError } from './history-error.ts';

const CALLED: Readonly<Record<HistoryFormat, string>> = {
  parquet: 'Parquet',
  csv: 'CSV',
  json: 'a list of JSON objects',
  jsonl: 'JSONL',
};

/** What a reader's error says of a file, as `HISTORY_UNREADABLE`; an abort, and what was said so before, stay what they are. */
export function unreadable(file: HistoryFile, error: unknown): unknown {
  const isOurs =
    error instanceof HistoryError || (error instanceof Error && error.name === 'AbortError');
  if (isOurs) {
    return error;
  }
  const quoted = file.format === 'csv' ? 'texts stand in double quotes and ' : '';
  const message = `the history file ${file.name} cannot be read as ${CALLED[file.format]}; check that ${quoted}it was written to its end`;
  return new HistoryError('HISTORY_UNREADABLE', message, error);
}
