import { dayOf, type EpochMs } from '../base/clock.ts';
import type { BadHistoryRow, HistoryRow, HistorySource } from '../connectors/history-row.ts';
import type { Interpreted } from '../usage/interpret-row.ts';

/** A statement's text as first seen, and where it ran. */
export interface SeenText {
  readonly sql: string;
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
}

/** What a first look over the whole history tells: its days, what it is told by, and one text of each kind. */
export interface ScannedHistory {
  readonly rows: number;
  readonly badRows: number;
  readonly lastBadRows: readonly BadHistoryRow[];
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  /** One query text per fingerprint; bounded. */
  readonly texts: ReadonlyMap<string, SeenText>;
  /** CREATE statements in the order they ran; bounded. */
  readonly definitions: readonly SeenText[];
  /** Most rows a fingerprint returned on a day. */
  readonly returned: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Rows that tell each figure. */
  readonly told: {
    readonly cpuMs: number;
    readonly durationMs: number;
    readonly rowsScanned: number;
    readonly bytesScanned: number;
    /** Ran, read data, and cost nothing by this bill. */
    readonly free: number;
  };
  /** Databases the rows name. */
  readonly databases: ReadonlySet<string>;
}

const MOST_TEXTS = 20_000;
const MOST_DEFINITIONS = 5_000;
const TELL_EVERY = 20_000;
const CREATE = /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*create\b/i;

export interface ScanParts {
  readonly interpret: (row: HistoryRow) => Interpreted;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** Reads the history once, before anything is decided; keeps no rows. */
export async function scanHistory(
  source: HistorySource,
  { interpret, signal, onProgress }: ScanParts,
): Promise<ScannedHistory> {
  const texts = new Map<string, SeenText>();
  const definitions: SeenText[] = [];
  const returned = new Map<string, Map<string, number>>();
  const told = { cpuMs: 0, durationMs: 0, rowsScanned: 0, bytesScanned: 0, free: 0 };
  const databases = new Set<string>();
  const sum = { rows: 0, badRows: 0, firstAt: Infinity, lastAt: -Infinity };
  let lastBadRows: readonly BadHistoryRow[] = [];

  for await (const { rows, bad } of source.read(undefined, { signal })) {
    signal?.throwIfAborted();
    sum.badRows += bad.length;
    lastBadRows = [...lastBadRows, ...bad].slice(-5);
    for (const row of rows) {
      sum.rows += 1;
      sum.firstAt = Math.min(sum.firstAt, row.endedAt);
      sum.lastAt = Math.max(sum.lastAt, row.endedAt);
      told.cpuMs += row.cpuMs === undefined ? 0 : 1;
      told.durationMs += row.durationMs === undefined ? 0 : 1;
      told.rowsScanned += row.rowsScanned === undefined ? 0 : 1;
      told.bytesScanned += row.bytesScanned === undefined ? 0 : 1;
      told.free += isFree(row) ? 1 : 0;
      if (row.database !== undefined) {
        databases.add(row.database);
      }
      const seen = { sql: row.text, database: row.database, schema: row.schema };
      if (CREATE.test(row.text)) {
        if (row.status !== 'failed' && definitions.length < MOST_DEFINITIONS) {
          definitions.push(seen);
        }
        continue;
      }
      const read = interpret(row);
      if (read.kind !== 'use') {
        continue;
      }
      if (!texts.has(read.fingerprint) && texts.size < MOST_TEXTS) {
        texts.set(read.fingerprint, seen);
      }
      if (row.rowsReturned !== undefined) {
        keepMost(returned, { fingerprint: read.fingerprint, row, most: row.rowsReturned });
      }
      if (sum.rows % TELL_EVERY === 0) {
        onProgress?.(`looked at ${sum.rows} statements`);
      }
    }
  }
  return { ...sum, lastBadRows, texts, definitions, returned, told, databases };
}

function isFree({ cpuMs, cached, bytesScanned = 0 }: HistoryRow): boolean {
  return cpuMs === 0 && cached !== true && bytesScanned > 0;
}

function keepMost(
  returned: Map<string, Map<string, number>>,
  { fingerprint, row, most }: { fingerprint: string; row: HistoryRow; most: number },
): void {
  const days = returned.get(fingerprint) ?? new Map<string, number>();
  returned.set(fingerprint, days);
  const day = dayOf(row.endedAt);
  days.set(day, Math.max(days.get(day) ?? 0, most));
}
