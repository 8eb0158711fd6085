import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';

/** What DuckDB measured of one statement. */
export interface Profile {
  readonly cpuMs: number;
  readonly latencyMs: number;
}

/**
 * Where the connections of one connector write their profiles.
 *
 * The Node API does not bind `duckdb_get_profiling_info`, and the Metrics log is instance-wide (it would speak in the
 * application's own log), so each connection writes its last profile as JSON to a file of its own: about 0.35 ms a
 * statement on 2 cores. Memory-backed when the system has it, so that a full disk does not touch it.
 */
export interface ProfileFolder {
  readonly path: string;
  remove(): void;
}

export function makeProfileFolder(): ProfileFolder {
  const parent = isWritable('/dev/shm') ? '/dev/shm' : tmpdir();
  removeLeftovers(parent);
  const path = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  if (folders.size === 0) {
    process.on('exit', removeFolders);
  }
  folders.add(path);
  function remove(): void {
    rmSync(path, { recursive: true, force: true });
    folders.delete(path);
    if (folders.size === 0) {
      process.off('exit', removeFolders);
    }
  }
  return { path, remove };
}

/** Of connectors still open: a process that ends without closing them leaves nothing behind either. */
const folders = new Set<string>();

function removeFolders(): void {
  for (const path of folders) {
    rmSync(path, { recursive: true, force: true });
  }
}

const PREFIX = 'goldsmith-profiles-';

/** Long enough that no living process, under whatever process id, has left its folder untouched. */
const LEFTOVER_MS = 86_400_000;

/** Folders of processes that were killed before they could remove theirs. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(parent, name);
    const touchedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    const isAlive = existsSync(`/proc/${name.slice(PREFIX.length).split('-')[0]}`);
    if (!isAlive && Date.now() - touchedAt > LEFTOVER_MS) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

/**
 * Turns profiling on for this connection alone. False when the instance does not let us (its configuration is locked, or
 * it may not write files): costs are then durations.
 */
export async function startProfiling(connection: DuckDBConnection, file: string): Promise<boolean> {
  const isSet = (await setProfiling(connection, file)) && (await succeeds(connection, 'select 1'));
  if (!isSet) {
    await succeeds(connection, 'reset enable_profiling');
  }
  return isSet && takeProfile(file) !== undefined;
}

/** As `startProfiling`, of an instance that has let another connection: nothing is run to see whether it does. */
export function setProfiling(connection: DuckDBConnection, file: string): Promise<boolean> {
  // In this order: the output's extension is checked against the format. SET itself is never profiled.
  const settings = [
    `set enable_profiling = 'json'`,
    `set profiling_output = '${file.replaceAll("'", "''")}'`,
    `set custom_profiling_settings = '{"CPU_TIME": "true", "LATENCY": "true"}'`,
  ];
  return succeeds(connection, settings.join('; '));
}

/** A connection that takes nothing at all says so with the caller's own statement. */
async function succeeds(connection: DuckDBConnection, sql: string): Promise<boolean> {
  return connection.run(sql).then(
    () => true,
    () => false,
  );
}

/** The profile of the statement that ran last, once; absent for statements DuckDB does not profile (BEGIN, SET). */
export function takeProfile(file: string): Profile | undefined {
  try {
    const profile: unknown = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(file, { force: true });
    return profileOf(profile);
  } catch (error) {
    return ignoreMissingOrCut(error);
  }
}

function profileOf(profile: unknown): Profile | undefined {
  if (typeof profile !== 'object' || profile === null) {
    return undefined;
  }
  const { cpu_time: cpu, latency } = profile as {
    readonly cpu_time?: unknown;
    readonly latency?: unknown;
  };
  return typeof cpu === 'number' && typeof latency === 'number'
    ? { cpuMs: cpu * 1000, latencyMs: latency * 1000 }
    : undefined;
}

/** No file: the statement was of a kind that is not profiled. Unreadable text: the file system was full. */
function ignoreMissingOrCut(error: unknown): undefined {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || error instanceof SyntaxError) {
    return undefined;
  }
  throw error;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
