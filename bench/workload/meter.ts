import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  makeProfileFolder,
  type ProfileFolder,
  startProfiling,
  takeProfile,
} from '../../src/connectors/duckdb/profile.ts';

/** What a statement answered, and the thread time it took by the engine's own measure. */
export interface Measured {
  readonly cpuMs: number;
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
    const result = await this.connection.runAndReadAll(sql);
    const durationMs = performance.now() - startedAt;
    const cpuMs = takeProfile(this.#file)?.cpuMs ?? durationMs;
    const rows = result.getRowsJson().map((row) => JSON.stringify(row));
    return { cpuMs, durationMs, rows: rows.toSorted() };
  }

  close(): void {
    this.connection.closeSync();
    this.#profiles.remove();
  }
}
