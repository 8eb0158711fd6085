import type { CallOptions, Cell } from '../connector.ts';
import type { BadHistoryRow, HistoryRow } from '../history-row.ts';
import type { FilePosition } from './export-position.ts';
import type { Billing } from './exports/exported-form.ts';
import { readRecord } from './exports/read-record.ts';
import { readFileHead } from './file-head.ts';
import type { HistoryFile } from './find-history-files.ts';
import type { FileBatch, ReadOptions } from './jsonl-history.ts';
import { openReader } from './open-reader.ts';
import { scanTable, type TableScan } from './table-scan.ts';
import { unreadable } from './unreadable.ts';

/** Parquet, CSV and JSON files of an exported history, read by a small DuckDB of our own: nothing of the warehouse is touched. */
export class TableHistory {
  readonly #billing: Billing;

  constructor(billing: Billing = 'bytes') {
    this.#billing = billing;
  }

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
      const scan = await scanTable(file, { duckdb, options });
      for await (const rows of duckdb.stream(scan.sqlFrom(at), options)) {
        const batch = this.#readRows(rows, { scan, file, firstRow: at + 1 });
        at += rows.length;
        yield { ...batch, position: { at, lines: 0, head, bytes, modifiedMs } };
      }
    } catch (error) {
      throw unreadable(file, error);
    } finally {
      await duckdb.close();
    }
  }

  /** Texts of statements that stand in this file. */
  async fetchTexts(
    file: HistoryFile,
    { ids, signal }: ReadOptions & { readonly ids: ReadonlySet<string> },
  ): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for await (const { rows } of this.read(file, { from: undefined, signal })) {
      for (const { id, text } of rows.filter((row) => ids.has(row.id))) {
        texts.set(id, text);
      }
      if (texts.size === ids.size) {
        break;
      }
    }
    return texts;
  }

  #readRows(
    rows: readonly (readonly Cell[])[],
    where: {
      readonly scan: TableScan;
      readonly file: HistoryFile;
      readonly firstRow: number;
    },
  ): { readonly rows: HistoryRow[]; readonly bad: BadHistoryRow[] } {
    const good: HistoryRow[] = [];
    const bad: BadHistoryRow[] = [];
    for (const [index, row] of rows.entries()) {
      const read = readRecord(where.scan.recordOf(row), this.#billing);
      if (read?.kind === 'row') {
        good.push(read.row);
      } else if (read !== undefined) {
        bad.push({ where: `${where.file.name}:${where.firstRow + index}`, because: read.because });
      }
    }
    return { rows: good, bad };
  }
}
