import { glob, open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HistoryError } from './history-error.ts';

/** `json` is one list of objects, as `bq query --format=json` writes it. */
export type HistoryFormat = 'jsonl' | 'parquet' | 'csv' | 'json';

export interface HistoryFile {
  readonly path: string;
  /** As named in positions and reports: the file's own name. */
  readonly name: string;
  readonly format: HistoryFormat;
  readonly bytes: number;
  readonly modifiedMs: number;
}

const SUFFIXES: readonly { readonly suffix: RegExp; readonly format: HistoryFormat }[] = [
  { suffix: /\.(jsonl|ndjson|json)(\.gz)?$/i, format: 'jsonl' },
  { suffix: /\.(parquet|pq)$/i, format: 'parquet' },
  { suffix: /\.(csv|tsv)(\.gz)?$/i, format: 'csv' },
];

/**
 * The files of an exported history: one file, all of a folder, or those a pattern (`exports/*.jsonl`) matches, by name.
 * An empty folder is a history that has not begun; a missing file or folder raises `HISTORY_MISSING`.
 */
export async function findHistoryFiles(
  path: string,
  format: HistoryFormat | 'auto',
): Promise<readonly HistoryFile[]> {
  if (/[*?{[]/.test(path) && (await kindOf(path)) === undefined) {
    return describe(await matching(path), format);
  }
  const kind = await kindOf(path);
  if (kind === undefined) {
    const message = `the history ${path} does not exist; check history.path, or write the export there`;
    throw new HistoryError('HISTORY_MISSING', message);
  }
  if (kind === 'file') {
    return describe([path], format, 'jsonl');
  }
  const names = await readdir(path);
  const known = names.filter((name) => formatOf(name) !== undefined);
  return describe(
    known.map((name) => join(path, name)),
    format,
  );
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw new HistoryError(
      'HISTORY_UNREADABLE',
      `the history ${path} cannot be read (${code ?? 'unknown'})`,
      error,
    );
  }
}

async function matching(pattern: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const path of glob(pattern)) {
    paths.push(path);
  }
  if (paths.length === 0) {
    const message = `no history file matches ${pattern}; check history.path, or write the export there`;
    throw new HistoryError('HISTORY_MISSING', message);
  }
  return paths;
}

async function describe(
  paths: readonly string[],
  format: HistoryFormat | 'auto',
  otherwise?: HistoryFormat,
): Promise<readonly HistoryFile[]> {
  const files: HistoryFile[] = [];
  for (const path of paths.toSorted()) {
    const stats = await stat(path);
    const found = format === 'auto' ? (formatOf(path) ?? otherwise) : format;
    if (stats.isFile() && found !== undefined) {
      const { size: bytes, mtimeMs: modifiedMs } = stats;
      const isList = format === 'auto' && found === 'jsonl' && (await beginsAList(path));
      files.push({
        path,
        name: basename(path),
        format: isList ? 'json' : found,
        bytes,
        modifiedMs,
      });
    }
  }
  return files;
}

function formatOf(path: string): HistoryFormat | undefined {
  return SUFFIXES.find(({ suffix }) => suffix.test(path))?.format;
}

/** Whether the first sign of a file is `[`: a list of records in place of one a line. */
async function beginsAList(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return /^(\uFEFF)?\s*\[/.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}
