import { cellText } from '../cell-text.ts';
import type { CallOptions, Cell, Connector } from '../connector.ts';
import { formOf, isColumnName } from './exports/exported-forms.ts';
import type { HistoryFile } from './find-history-files.ts';
import { HistoryError } from './history-error.ts';
import { HISTORY_FIELDS, type HistoryRecord } from './history-record.ts';
import { openReader } from './open-reader.ts';
import { readLines } from './read-lines.ts';
import { unreadable } from './unreadable.ts';

/** How DuckDB reads one file of an export, in the file's own order. */
export interface TableScan {
  /** From the row at this place on (0 is the first). */
  readonly sqlFrom: (row: number) => string;
  readonly recordOf: (cells: readonly Cell[]) => HistoryRecord;
}

/** Opens a Parquet, CSV or JSON file; raises `HISTORY_UNREADABLE` where its columns are no history's. */
export async function scanTable(
  file: HistoryFile,
  { duckdb, options }: { readonly duckdb: Connector; readonly options: CallOptions },
): Promise<TableScan> {
  switch (file.format) {
    case 'json':
      return {
        sqlFrom: (row) => `select json from ${objectsIn(file)} offset ${row}`,
        recordOf: ([json]) => JSON.parse(cellText(json)) as HistoryRecord,
      };
    case 'csv': {
      const { columns, delimiter } = await headerOf(file);
      const known = requireKnown(file, columns);
      const from = csvIn(file, { columns, delimiter });
      return {
        sqlFrom: (row) => `select ${known.map(quoteName).join(', ')} from ${from} offset ${row}`,
        recordOf: (cells) => recordOf(known, cells),
      };
    }
    case 'parquet':
    case 'jsonl': {
      const from = rowsIn(file);
      const { columns } = await duckdb.query(`select * from ${from} limit 0`, options);
      const known = requireKnown(
        file,
        columns.map(({ name }) => name).filter((name) => name !== 'file_row_number'),
      );
      return {
        sqlFrom: (row) =>
          `select ${known.map(quoteName).join(', ')} from ${from} where file_row_number >= ${row} order by file_row_number`,
        recordOf: (cells) => recordOf(known, cells),
      };
    }
  }
}

/** The names of a file's columns, by its header or its first record. */
export async function columnsOfFile(file: HistoryFile): Promise<readonly string[]> {
  switch (file.format) {
    case 'csv':
      return (await headerOf(file)).columns;
    case 'jsonl':
      return keysOf(await firstLineOf(file));
    case 'json':
    case 'parquet': {
      const duckdb = await openReader();
      const options: CallOptions = { purpose: 'history' };
      try {
        const from = file.format === 'json' ? objectsIn(file) : rowsIn(file);
        const { columns, rows } = await duckdb.query(`select * from ${from} limit 1`, options);
        return file.format === 'json' ? keysOf(rows[0]?.[0]) : columns.map(({ name }) => name);
      } catch (error) {
        throw unreadable(file, error);
      } finally {
        await duckdb.close();
      }
    }
  }
}

function keysOf(json: unknown): readonly string[] {
  try {
    const record: unknown = typeof json === 'string' ? JSON.parse(json) : undefined;
    return typeof record === 'object' && record !== null ? Object.keys(record) : [];
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    return [];
  }
}

/** The columns that are read; a file without the required ones is no history. */
function requireKnown(file: HistoryFile, columns: readonly string[]): readonly string[] {
  const found = formOf(columns);
  if (found.kind === 'theirs') {
    return columns.filter(found.fields);
  }
  const names = new Set(columns);
  const missing = ['id', 'text', 'endedAt'].filter((field) => !names.has(field));
  if (found.kind === 'unknown' || missing.length > 0) {
    const because =
      found.kind === 'unknown'
        ? `cannot be read as a history: ${found.because}`
        : `has no column ${missing.join(', ')}; export id, text and endedAt at least`;
    throw new HistoryError('HISTORY_UNREADABLE', `the history file ${file.name} ${because}`);
  }
  return HISTORY_FIELDS.filter((field) => names.has(field));
}

function recordOf(columns: readonly string[], cells: readonly Cell[]): HistoryRecord {
  return Object.fromEntries(columns.map((name, at) => [name, cells[at]]));
}

async function firstLineOf({ path }: HistoryFile): Promise<string | undefined> {
  for await (const [line] of readLines({ file: path, offset: 0, linesBefore: 0 })) {
    return line?.text?.replace(/^\uFEFF/, '');
  }
  return undefined;
}

interface CsvHeader {
  readonly columns: readonly string[];
  readonly delimiter: string;
}

/** Names stand in the first line. The delimiter is told by it too: statements are full of commas, semicolons and tabs. */
async function headerOf(file: HistoryFile): Promise<CsvHeader> {
  const text = (await firstLineOf(file))?.trim();
  if (text !== undefined && text !== '') {
    const [delimiter = ','] = [',', ';', '\t', '|'].toSorted(
      (a, b) => text.split(b).length - text.split(a).length,
    );
    const columns = text.split(delimiter).map((name) =>
      name
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .replaceAll('""', '"'),
    );
    if (!columns.every(isColumnName)) {
      throw new HistoryError(
        'HISTORY_UNREADABLE',
        `the first line of ${file.name} does not name columns; export it with a header (HEADER = TRUE where Snowflake unloads)`,
      );
    }
    return { columns, delimiter };
  }
  throw new HistoryError(
    'HISTORY_UNREADABLE',
    `the history file ${file.name} is empty; export a header and one row a statement`,
  );
}

/** Every cell as text. Quotes are doubled within quotes, as all vendors' downloads write them; `\N` is how Snowflake unloads NULL. */
function csvIn(file: HistoryFile, { columns, delimiter }: CsvHeader): string {
  const types = columns.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  return `read_csv(${quoteText(file.path)}, auto_detect = false, header = true, delim = ${quoteText(delimiter)}, quote = '"', escape = '"', nullstr = ['', '\\N'], columns = {${types}})`;
}

function rowsIn(file: HistoryFile): string {
  return `read_parquet(${quoteText(file.path)}, file_row_number = true)`;
}

function objectsIn(file: HistoryFile): string {
  return `read_json_objects(${quoteText(file.path)}, format = 'array')`;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
