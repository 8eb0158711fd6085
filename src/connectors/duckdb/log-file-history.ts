import { join } from 'node:path';
import { z } from 'zod';
import type { EpochMs } from '../../base/clock.ts';
import { beginsWith, readFileHead } from '../history/file-head.ts';
import { findHistoryFiles, type HistoryFile } from '../history/find-history-files.ts';
import { HistoryError } from '../history/history-error.ts';
import type { BadHistoryRow, HistoryBatch, HistoryRow, HistorySource } from '../history-row.ts';
import { idOfLogRecord, LogStatements } from './log-statements.ts';
import { readLogRecordAt, readLogRecords } from './read-log-records.ts';

const ENTRIES = 'duckdb_log_entries.csv';

/** Nobody wrote for this long: the last entry is whole. */
const QUIET_MS = 600_000;

const logPosition = z.strictObject({
  at: z.int().min(0),
  lines: z.int().min(0),
  head: z.strictObject({ bytes: z.int().min(0), hash: z.string() }),
  open: z.array(
    z.strictObject({
      offset: z.int().min(0),
      context: z.string(),
      startedAt: z.number(),
      metrics: z.record(z.string(), z.number()),
      lastMetricAt: z.number().optional(),
    }),
  ),
});

type LogPosition = z.infer<typeof logPosition>;

export interface LogFileHistoryParts {
  readonly name: string;
  /** The log's `storage_path`. */
  readonly folder: string;
  readonly now: () => EpochMs;
}

interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * DuckDB's own log in file storage, written by the application's process (see `duckdbLogSetupSql`).
 *
 * A statement is told once it is settled: two seconds after its metrics, or, without any, ten minutes after it began.
 */
export class LogFileHistory implements HistorySource {
  readonly name: string;
  readonly #folder: string;
  readonly #now: () => EpochMs;

  constructor({ name, folder, now }: LogFileHistoryParts) {
    this.name = name;
    this.#folder = folder;
    this.#now = now;
  }

  async *read(position: string | undefined, { signal }: ReadOptions): AsyncGenerator<HistoryBatch> {
    const { path: file, bytes, modifiedMs } = await this.#file();
    const from = await startOf({ file, bytes }, position);
    const head = await readFileHead(file);
    const statements = await resume(file, from);
    let { at, lines } = from;

    const batch = (rows: readonly HistoryRow[], bad: readonly BadHistoryRow[]): HistoryBatch => {
      const open = [...statements.stillOpen()];
      const next: LogPosition = { at, lines, head, open };
      return { rows, bad, position: JSON.stringify(next) };
    };
    const lastIsWhole = this.#now() - modifiedMs > QUIET_MS;
    for await (const placed of readLogRecords({
      file,
      offset: at,
      linesBefore: lines,
      lastIsWhole,
    })) {
      signal?.throwIfAborted();
      const rows: HistoryRow[] = [];
      const bad: BadHistoryRow[] = [];
      for (const entry of placed) {
        at = entry.end;
        lines = entry.lines;
        if (entry.kind === 'record') {
          rows.push(...statements.add(entry.record, entry.offset));
        } else {
          bad.push({ where: `${ENTRIES}:${entry.line}`, because: entry.because });
        }
      }
      rows.push(...statements.takeSettled(latestOf(placed)));
      yield batch(rows, bad);
    }
    yield batch(statements.takeSettled(this.#now()), []);
  }

  async fetchTexts(
    ids: readonly string[],
    { signal }: ReadOptions,
  ): Promise<ReadonlyMap<string, string>> {
    const wanted = new Set(ids);
    const texts = new Map<string, string>();
    const { path } = await this.#file();
    for await (const placed of readLogRecords({
      file: path,
      offset: 0,
      linesBefore: 0,
      lastIsWhole: true,
    })) {
      signal?.throwIfAborted();
      for (const entry of placed) {
        const isStatement = entry.kind === 'record' && entry.record.type === 'QueryLog';
        if (isStatement && wanted.has(idOfLogRecord(entry.record))) {
          texts.set(idOfLogRecord(entry.record), entry.record.message);
        }
      }
    }
    return texts;
  }

  async #file(): Promise<HistoryFile> {
    const path = join(this.#folder, ENTRIES);
    const [file] = await findHistoryFiles(path, 'jsonl');
    if (file === undefined) {
      throw new HistoryError('HISTORY_MISSING', `the DuckDB log ${path} is not a file`);
    }
    return file;
  }
}

async function startOf(
  { file, bytes }: { readonly file: string; readonly bytes: number },
  position: string | undefined,
): Promise<LogPosition> {
  const beginning: LogPosition = { at: 0, lines: 0, head: { bytes: 0, hash: '' }, open: [] };
  const before = parsePosition(position);
  if (before === undefined || !(await beginsWith(file, before.head))) {
    return beginning;
  }
  return bytes >= before.at ? before : beginning;
}

/** A position we cannot read is no position: all is read again, and ids keep it from counting twice. */
function parsePosition(text: string | undefined): LogPosition | undefined {
  if (text === undefined) {
    return undefined;
  }
  try {
    return logPosition.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

async function resume(file: string, { open }: LogPosition): Promise<LogStatements> {
  const statements = new LogStatements();
  for (const statement of open) {
    const record = await readLogRecordAt(file, statement.offset);
    if (record !== undefined) {
      statements.resume(statement, record);
    }
  }
  return statements;
}

/** The log's own time, so that reading a long log at once tells its statements batch by batch. */
function latestOf(
  placed: readonly { readonly kind: string; readonly record?: { readonly at: EpochMs } }[],
): EpochMs {
  return placed.reduce((latest, { record }) => Math.max(latest, record?.at ?? 0), 0);
}
