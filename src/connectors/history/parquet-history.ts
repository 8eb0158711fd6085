import type { CallOptions, Cell, Connector } from '../connector.ts';
import { openDuckdb } from '../duckdb/duckdb-connector.ts';
import type { BadHistoryRow, HistoryRow } from '../history-row.ts';
import type { FilePosition } from './export-position.ts';
import { readFileHead } from './file-head.ts';
import type { HistoryFile } from './find-history-files.ts';
import { HistoryError } from './history-error.ts';
import { HISTORY_FIELDS, readHistoryRecord } from './history-record.ts';
import type { FileBatch, ReadOptions } from './jsonl-history.ts';

/** Parquet files of an exported history, read by a small DuckDB of our own: nothing of the warehouse is touched. */
export class ParquetHistory {
  /** A file that changed is another one: read whole. */
  async *read(
    file: HistoryFile,
    { from, signal }: ReadOptions & { readonly from: FilePosition | undefined },
  ): AsyncGenerator<FileBatch> {
    const { bytes, modifiedMs } = file;
    const isSame = from !== undefined && from.bytes === bytes && from.modifiedMs === modifiedMs;
    const head = await readFileHead(file.path);
    const options: CallOptions = { purpose: 'history', signal };
    const duckdb = await openReader();
    try {
      let at = isSame ? from.at : 0;
      const columns = await columnsOf(duckdb, { file, options });
      const sql = `select ${columns.map(quoteName).join(', ')} from ${scanOf(file)} where file_row_number >= ${at} order by file_row_number`;
      for await (const rows of duckdb.stream(sql, options)) {
        const batch = readRows(rows, { columns, file, firstRow: at + 1 });
        at += rows.length;
        yield { ...batch, position: { at, lines: 0, head, bytes, modifiedMs } };
      }
    } catch (error) {
      throw unreadable(file, error);
    } finally {
      await duckdb.close();
    }
  }

  async fetchTexts(
    file: HistoryFile,
    { ids, signal }: ReadOptions & { readonly ids: ReadonlySet<string> },
  ): Promise<ReadonlyMap<string, string>> {
    const list = [...ids].map(quoteText).join(', ');
    const sql = `select id::varchar, any_value(text) from ${scanOf(file)} where id::varchar in (${list}) group by 1`;
    const duckdb = await openReader();
    try {
      const { rows } = await duckdb.query(sql, { purpose: 'history', signal });
      return new Map(rows.map(([id, text]) => [textOf(id), textOf(text)]));
    } catch (error) {
      throw unreadable(file, error);
    } finally {
      await duckdb.close();
    }
  }
}

function openReader(): Promise<Connector> {
  return openDuckdb({
    name: 'history reader',
    path: ':memory:',
    memoryLimit: '256MB',
    threads: 1,
    externalAccess: true,
  });
}

async function columnsOf(
  duckdb: Connector,
  { file, options }: { readonly file: HistoryFile; readonly options: CallOptions },
): Promise<readonly string[]> {
  const { columns } = await duckdb.query(`select * from ${scanOf(file)} limit 0`, options);
  const names = new Set(columns.map(({ name }) => name));
  const known = HISTORY_FIELDS.filter((field) => names.has(field));
  const missing = ['id', 'text', 'endedAt'].filter((field) => !names.has(field));
  if (missing.length > 0) {
    const message = `the history file ${file.name} has no column ${missing.join(', ')}; export id, text and endedAt at least`;
    throw new HistoryError('HISTORY_UNREADABLE', message);
  }
  return known;
}

function readRows(
  rows: readonly (readonly Cell[])[],
  where: {
    readonly columns: readonly string[];
    readonly file: HistoryFile;
    readonly firstRow: number;
  },
): { readonly rows: HistoryRow[]; readonly bad: BadHistoryRow[] } {
  const good: HistoryRow[] = [];
  const bad: BadHistoryRow[] = [];
  for (const [index, row] of rows.entries()) {
    const record = Object.fromEntries(where.columns.map((name, column) => [name, row[column]]));
    const read = readHistoryRecord(record);
    if (read.kind === 'row') {
      good.push(read.row);
    } else {
      bad.push({ where: `${where.file.name}:${where.firstRow + index}`, because: read.because });
    }
  }
  return { rows: good, bad };
}

function unreadable(file: HistoryFile, error: unknown): unknown {
  const isOurs =
    error instanceof HistoryError || (error instanceof Error && error.name === 'AbortError');
  if (isOurs) {
    return error;
  }
  const message = `the history file ${file.name} cannot be read as Parquet; check that it was written to its end`;
  return new HistoryError('HISTORY_UNREADABLE', message, error);
}

function scanOf({ path }: HistoryFile): string {
  return `read_parquet(${quoteText(path)}, file_row_number = true)`;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteName(name: string): string {
  return `"${name}"`;
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : '';
}
