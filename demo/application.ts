import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  makeProfileFolder,
  type ProfileFolder,
  startProfiling,
  takeProfile,
} from '../src/connectors/duckdb/profile.ts';
import type { RouteAnswer } from '../src/http/service.ts';
import type { Ask } from './workload.ts';

/** How one statement was answered, and what it cost by the engine's own measure. */
export interface Execution {
  readonly ask: Ask;
  readonly sentSql: string;
  readonly route: RouteAnswer | undefined;
  readonly durationMs: number;
  readonly rows: readonly string[];
}

export interface ApplicationParts {
  readonly instance: DuckDBInstance;
  readonly historyPath: string;
  readonly route: (ask: Ask) => Promise<RouteAnswer>;
}

/**
 * The application around the warehouse: it really executes what its people ask and writes its own query history, one JSON
 * line a statement, with the virtual time it happened at and the cost the engine measured.
 */
export class Application {
  readonly #parts: ApplicationParts;
  readonly #connection: DuckDBConnection;
  readonly #profiles: ProfileFolder;
  readonly #profilePath: string;
  #statements = 0;

  private constructor(parts: ApplicationParts, connection: DuckDBConnection) {
    this.#parts = parts;
    this.#connection = connection;
    this.#profiles = makeProfileFolder();
    this.#profilePath = join(this.#profiles.path, 'application.json');
  }

  static async open(parts: ApplicationParts): Promise<Application> {
    const application = new Application(parts, await parts.instance.connect());
    await startProfiling(application.#connection, application.#profilePath);
    return application;
  }

  /** Sends one person's statement, through `route` where the client asks it, and records it. */
  async ask(ask: Ask, at: number): Promise<Execution> {
    const route = ask.asksRoute ? await this.#parts.route(ask) : undefined;
    const sentSql = `${ask.comment}${route?.sql ?? ask.sql}`;
    const { durationMs, rows } = await this.#run(sentSql, {
      at,
      user: ask.user,
      client: ask.client,
    });
    return { ask, sentSql, route, durationMs, rows };
  }

  /** A pipeline's statement, with dbt's comment. */
  async pipeline(
    statement: { readonly node: string; readonly sql: string },
    at: number,
  ): Promise<void> {
    const comment = `/* {"app": "dbt", "dbt_version": "1.10.0", "profile_name": "retail", "target_name": "prod", "node_id": "${statement.node}"} */\n`;
    await this.#run(`${comment}${statement.sql}`, { at, user: 'dbt_prod', client: 'dbt' });
  }

  /** A statement that fails, as they do; recorded as failed. */
  async failing(sql: string, at: number): Promise<void> {
    try {
      await this.#connection.run(sql);
    } catch (error) {
      this.#record({
        text: sql,
        endedAt: new Date(at).toISOString(),
        status: 'failed',
        user: 'ben',
        client: 'notebook',
      });
      if (!(error instanceof Error)) {
        throw error;
      }
    }
  }

  /** Runs a statement outside the story: nothing is recorded. Rows come sorted, as a multiset. */
  async measure(
    sql: string,
  ): Promise<{ readonly durationMs: number; readonly rows: readonly string[] }> {
    const started = performance.now();
    const result = await this.#connection.runAndReadAll(sql);
    const durationMs = performance.now() - started;
    takeProfile(this.#profilePath);
    return { durationMs, rows: multiset(result.getRowsJson()) };
  }

  close(): void {
    this.#connection.closeSync();
    this.#profiles.remove();
  }

  async #run(
    text: string,
    by: { readonly at: number; readonly user: string; readonly client: string },
  ) {
    const started = performance.now();
    const result = await this.#connection.runAndReadAll(text);
    const durationMs = performance.now() - started;
    const profile = takeProfile(this.#profilePath);
    const rows = multiset(result.getRowsJson());
    this.#record({
      text,
      startedAt: new Date(by.at).toISOString(),
      endedAt: new Date(by.at + Math.ceil(durationMs)).toISOString(),
      status: 'success',
      user: by.user,
      client: by.client,
      durationMs: round(durationMs),
      ...(profile === undefined ? {} : { cpuMs: round(profile.cpuMs) }),
      rowsReturned: rows.length,
    });
    return { durationMs, rows };
  }

  #record(row: Readonly<Record<string, unknown>>): void {
    this.#statements += 1;
    const id = `s${String(this.#statements).padStart(6, '0')}`;
    appendFileSync(this.#parts.historyPath, `${JSON.stringify({ id, ...row })}\n`);
  }
}

function multiset(rows: readonly unknown[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
