import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  makeProfileFolder,
  type ProfileFolder,
  startProfiling,
  takeProfile,
} from '../../src/connectors/duckdb/profile.ts';

import { processCpuMs } from './process-cpu.ts';

/** What a statement answered, and what it took. */
export interface Measured {
  /** Thread time of the process while it ran. */
  readonly cpuMs: number;
  /** By the engine's own measure, as its history tells it: the time its threads were at it, had they a core or not. */
  readonly engineCpuMs: number;
  readonly durationMs: number;
  /** As texts, sorted: a multiset. */
  readonly rows: readonly string[];
}

/** A connection that measures what it runs. */
export class Meter {
  readonly connection: DuckDBConnection;
  readonly #profiles: ProfileFolder;
  readonly #file: string;

  private constructor(connection: DuckDBConnection) {
    this.connection = connection;
    this.#profiles = makeProfileFolder();
    this.#file = join(this.#profiles.path, 'workload.json');
  }

  static async open(instance: DuckDBInstance): Promise<Meter> {
    const meter = new Meter(await instance.connect());
    await startProfiling(meter.connection, meter.#file);
    return meter;
  }

  async run(sql: string): Promise<Measured> {
    const startedAt = performance.now();
    const startedCpuMs = processCpuMs();
    const result = await this.connection.runAndReadAll(sql);
    const cpuMs = processCpuMs() - startedCpuMs;
    const durationMs = performance.now() - startedAt;
    const engineCpuMs = takeProfile(this.#file)?.cpuMs ?? durationMs;
    const rows = result.getRowsJson().map((row) => JSON.stringify(row));
    return { cpuMs, engineCpuMs, durationMs, rows: rows.toSorted() };
  }

  close(): void {
    this.connection.closeSync();
    this.#profiles.remove();
  }
}
