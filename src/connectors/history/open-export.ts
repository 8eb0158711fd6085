import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DialectName } from '../../sql/dialect.ts';
import type { HistorySource } from '../history-row.ts';
import { ExportHistory } from './export-history.ts';
import type { Billing } from './exports/exported-form.ts';
import { dialectOfColumns } from './exports/exported-forms.ts';
import { findHistoryFiles } from './find-history-files.ts';
import { columnsOfFile } from './table-scan.ts';

const DUCKDB_LOG = 'duckdb_log_entries.csv';

/** An exported history, and the SQL it is in where its own columns tell. */
export interface OpenedExport {
  readonly source: HistorySource;
  readonly dialect?: DialectName | undefined;
}

export interface OpenExportParts {
  readonly name: string;
  /** A file, a folder, or a pattern. */
  readonly path: string;
  readonly billing?: Billing | undefined;
  readonly now?: () => number;
}

/**
 * Opens what people export: records under our names, a vendor's history view as it is, or DuckDB's own log.
 *
 * @throws {HistoryError} `HISTORY_MISSING` where nothing is there.
 */
export async function openExport({
  name,
  path,
  billing,
  now = Date.now,
}: OpenExportParts): Promise<OpenedExport> {
  const folder = await folderOfLog(path);
  if (folder !== undefined) {
    const { LogFileHistory } = await import('../duckdb/log-file-history.ts');
    return { source: new LogFileHistory({ name, folder, now }), dialect: 'duckdb' };
  }
  const source = new ExportHistory({ name, path, format: 'auto', billing });
  const [first] = await findHistoryFiles(path, 'auto');
  const columns = first === undefined ? [] : await columnsOfFile(first);
  return { source, dialect: dialectOfColumns(columns) };
}

/** The folder of DuckDB's own log, where the path names it or the log itself. */
async function folderOfLog(path: string): Promise<string | undefined> {
  if (basename(path) === DUCKDB_LOG) {
    return dirname(path);
  }
  try {
    await stat(join(path, DUCKDB_LOG));
    return path;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}
