import type { BadHistoryRow, HistoryRow } from '../history-row.ts';
import type { FilePosition } from './export-position.ts';
import { beginsWith, readFileHead } from './file-head.ts';
import type { HistoryFile } from './find-history-files.ts';
import { HistoryError } from './history-error.ts';
import { idOfJsonlLine, type ReadLine, readJsonlLine } from './jsonl-line.ts';
import { OffsetIndex } from './offset-index.ts';
import { type Line, readLines } from './read-lines.ts';

export interface FileBatch {
  readonly rows: readonly HistoryRow[];
  readonly bad: readonly BadHistoryRow[];
  readonly position: FilePosition;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What a line of a file means. */
export interface LineFormat {
  readonly read: (line: Line) => ReadLine;
  /** The id a line's statement has, for an index whose hits are checked again; absent where it has none. */
  readonly idOf: (line: Line) => string | undefined;
}

export const jsonlExport: LineFormat = { read: readJsonlLine, idOf: idOfJsonlLine };

/**
 * One JSONL file that a writer may still append to.
 *
 * Only new bytes are read; a file that shrank or begins otherwise is another one and read whole. A last line without its
 * newline counts when it is a whole record, else it waits for the rest.
 */
export class JsonlHistory {
  /** Where the statements of `[0, #indexed)` stand; empty until the file was read from its beginning. */
  readonly #index = new OffsetIndex();
  #indexed = 0;
  readonly #lines: LineFormat;

  constructor(lines: LineFormat = jsonlExport) {
    this.#lines = lines;
  }

  async *read(
    file: HistoryFile,
    { from, signal }: ReadOptions & { readonly from: FilePosition | undefined },
  ): AsyncGenerator<FileBatch> {
    const start = await this.#startOf(file, from);
    if (start === undefined) {
      return;
    }
    const head = await readFileHead(file.path);
    const { bytes, modifiedMs } = file;
    let { at, lines } = start;
    try {
      for await (const chunk of readLines({ file: file.path, offset: at, linesBefore: lines })) {
        signal?.throwIfAborted();
        const { rows, bad, last } = this.#readChunk(chunk, file);
        at = last?.end ?? at;
        lines = last === undefined ? lines : linesThrough(last);
        yield { rows, bad, position: { at, lines, head, bytes: 0, modifiedMs } };
      }
    } catch (error) {
      throwUnlessTorn(error, file);
    }
    yield { rows: [], bad: [], position: { at, lines, head, bytes, modifiedMs } };
  }

  /** Texts of statements that stand in this file. */
  async fetchTexts(
    file: HistoryFile,
    { ids, signal }: ReadOptions & { readonly ids: ReadonlySet<string> },
  ): Promise<ReadonlyMap<string, string>> {
    const isPacked = file.path.endsWith('.gz');
    const texts = isPacked ? new Map<string, string>() : await this.#fetchIndexed(file, ids);
    const missing = new Set([...ids].filter((id) => !texts.has(id)));
    const offset = isPacked ? 0 : this.#indexed;
    if (missing.size === 0 || (!isPacked && offset >= file.bytes)) {
      return texts;
    }
    for await (const chunk of readLines({ file: file.path, offset, linesBefore: 0 })) {
      signal?.throwIfAborted();
      for (const line of chunk) {
        const id = this.#lines.idOf(line);
        this.#remember(id, line);
        const read = id !== undefined && missing.has(id) ? this.#lines.read(line) : undefined;
        if (read?.kind === 'row') {
          texts.set(read.row.id, read.row.text);
        }
      }
    }
    return texts;
  }

  /** Where to go on; absent when nothing can be new. */
  async #startOf(
    file: HistoryFile,
    from: FilePosition | undefined,
  ): Promise<{ readonly at: number; readonly lines: number } | undefined> {
    const beginning = { at: 0, lines: 0 };
    if (from === undefined) {
      return beginning;
    }
    const isPacked = file.path.endsWith('.gz');
    const shrank = file.bytes < (isPacked ? from.bytes : from.at);
    if (shrank || !(await beginsWith(file.path, from.head))) {
      this.#index.clear();
      this.#indexed = 0;
      return beginning;
    }
    const isUnchanged = from.bytes === file.bytes && from.modifiedMs === file.modifiedMs;
    return isUnchanged ? undefined : from;
  }

  #readChunk(
    chunk: readonly Line[],
    file: HistoryFile,
  ): { rows: HistoryRow[]; bad: BadHistoryRow[]; last: Line | undefined } {
    const rows: HistoryRow[] = [];
    const bad: BadHistoryRow[] = [];
    let last: Line | undefined;
    for (const line of chunk) {
      const read = this.#lines.read(line);
      if (read.kind === 'waits') {
        break;
      }
      last = line;
      if (read.kind === 'row') {
        rows.push(read.row);
      } else if (read.kind === 'bad') {
        bad.push({ where: `${file.name}:${line.number}`, because: read.because });
      }
      this.#remember(read.kind === 'row' ? read.row.id : undefined, line);
    }
    return { rows, bad, last };
  }

  /** Only an index without gaps can say that an id is not there. */
  #remember(id: string | undefined, { offset, end, complete }: Line): void {
    if (offset !== this.#indexed || (!complete && id === undefined)) {
      return;
    }
    if (id !== undefined) {
      this.#index.add(id, offset);
    }
    this.#indexed = end;
  }

  async #fetchIndexed(file: HistoryFile, ids: ReadonlySet<string>): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    for (const id of ids) {
      for (const offset of this.#index.find(id)) {
        const read = await readLineAt(file, { offset, lines: this.#lines });
        if (read?.id === id) {
          texts.set(id, read.text);
          break;
        }
      }
    }
    return texts;
  }
}

/** The newline that is still to come belongs to the line already read. */
function linesThrough({ number, complete }: Line): number {
  return complete ? number : number - 1;
}

async function readLineAt(
  file: HistoryFile,
  { offset, lines }: { readonly offset: number; readonly lines: LineFormat },
): Promise<HistoryRow | undefined> {
  const range = { file: file.path, offset, linesBefore: offset === 0 ? 0 : 1, chunkBytes: 16_384 };
  for await (const [line] of readLines(range)) {
    const read = line === undefined ? undefined : lines.read(line);
    return read?.kind === 'row' ? read.row : undefined;
  }
  return undefined;
}

/** A packed file that is still being written ends in the middle: what came before it counts. */
function throwUnlessTorn(error: unknown, { path, name }: HistoryFile): void {
  const code = (error as NodeJS.ErrnoException).code;
  if (path.endsWith('.gz') && code === 'Z_BUF_ERROR') {
    return;
  }
  if (typeof code !== 'string') {
    throw error;
  }
  const message = `the history file ${name} cannot be read (${code}); check that it is whole and that we may read it`;
  throw new HistoryError('HISTORY_UNREADABLE', message, error);
}
