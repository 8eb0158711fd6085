import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  makeProfileFolder,
  type ProfileFolder,
  startProfiling,
  takeProfile,
} from '../../src/connectors/duckdb/profile.ts';

import { processThreadMs, threadMsOf } from '../../src/connectors/duckdb/thread-time.ts';

/** What a statement answered, and what it took. */
export interface Measured {
  /** Thread time of the process while it ran. */
  readonly cpuMs: number;
  /** As a history tells it, measured as the daemon measures its own statements. */
  readonly toldCpuMs: number;
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
    const startedCpuMs = processThreadMs();
    const result = await this.connection.runAndReadAll(sql);
    const cpuMs = processThreadMs() - startedCpuMs;
    const durationMs = performance.now() - startedAt;
    const profile = takeProfile(this.#file);
    const toldCpuMs = threadMsOf({ profile, durationMs, processMs: cpuMs });
    const rows = result.getRowsJson().map((row) => JSON.stringify(row));
    return { cpuMs, toldCpuMs, durationMs, rows: rows.toSorted() };
  }

  close(): void {
    this.connection.closeSync();
    this.#profiles.remove();
  }
}
