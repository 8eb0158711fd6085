import type { HistoryBatch, HistorySource } from '../history-row.ts';
import { formatExportPosition, parseExportPosition } from './export-position.ts';
import type { Billing } from './exports/exported-form.ts';
import { findHistoryFiles, type HistoryFile, type HistoryFormat } from './find-history-files.ts';
import { JsonlHistory, jsonlExport, type LineFormat, type ReadOptions } from './jsonl-history.ts';
import { readJsonlLine } from './jsonl-line.ts';
import { TableHistory } from './table-history.ts';

export interface ExportHistoryParts {
  readonly name: string;
  /** A file, a folder, or a pattern. */
  readonly path: string;
  /** `auto`: by the files' endings. */
  readonly format: HistoryFormat | 'auto';
  /** What a line of a text file means; absent: a record of an export. */
  readonly lines?: LineFormat;
  /** What a vendor's export that tells both bytes and slots is billed by; absent: bytes. */
  readonly billing?: Billing | undefined;
}

/**
 * An exported history: JSONL, Parquet, CSV or a JSON list, one statement a record, under our names or a vendor's, in one file or many.
 *
 * Raises `HISTORY_MISSING` when there is no such file, `HISTORY_UNREADABLE` when a file as a whole cannot be read.
 */
export class ExportHistory implements HistorySource {
  readonly name: string;
  readonly #parts: ExportHistoryParts;
  readonly #jsonl = new Map<string, JsonlHistory>();
  readonly #tables: TableHistory;
  readonly #lines: LineFormat;

  constructor(parts: ExportHistoryParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#tables = new TableHistory(parts.billing);
    this.#lines = parts.lines ?? {
      ...jsonlExport,
      read: (line) => readJsonlLine(line, parts.billing),
    };
  }

  async *read(position: string | undefined, { signal }: ReadOptions): AsyncGenerator<HistoryBatch> {
    const files = await this.#files();
    const before = parseExportPosition(position);
    const present = new Set(files.map(({ name }) => name));
    const reached = new Map([...before].filter(([name]) => present.has(name)));
    for (const file of files) {
      const from = reached.get(file.name);
      for await (const batch of this.#readerOf(file).read(file, { from, signal })) {
        reached.set(file.name, batch.position);
        yield { rows: batch.rows, bad: batch.bad, position: formatExportPosition(reached) };
      }
    }
  }

  async fetchTexts(
    ids: readonly string[],
    { signal }: ReadOptions,
  ): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (const file of await this.#files()) {
      const missing = new Set(ids.filter((id) => !texts.has(id)));
      if (missing.size === 0) {
        break;
      }
      for (const [id, text] of await this.#readerOf(file).fetchTexts(file, {
        ids: missing,
        signal,
      })) {
        texts.set(id, text);
      }
    }
    return texts;
  }

  #files(): Promise<readonly HistoryFile[]> {
    return findHistoryFiles(this.#parts.path, this.#parts.format);
  }

  #readerOf(file: HistoryFile): JsonlHistory | TableHistory {
    if (file.format !== 'jsonl') {
      return this.#tables;
    }
    const reader = this.#jsonl.get(file.path) ?? new JsonlHistory(this.#lines);
    this.#jsonl.set(file.path, reader);
    return reader;
  }
}
