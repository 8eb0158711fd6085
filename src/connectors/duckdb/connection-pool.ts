import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ConnectorError } from '../connector-error.ts';
import { type Patience, Places } from '../places.ts';
import { classifyDuckdbError } from './classify-duckdb-error.ts';
import {
  type Profile,
  type ProfileFolder,
  setProfiling,
  startProfiling,
  takeProfile,
} from './profile.ts';

/** A connection that carries at most one statement at a time. */
export interface PooledConnection {
  readonly duckdb: DuckDBConnection;
  /** The profile of the statement just finished, once. */
  takeProfile(): Profile | undefined;
}

/**
 * One connection for each statement in flight: concurrent use of one connection has crashed the process in the past.
 * At most `size` at a time; further callers wait their turn.
 */
export class ConnectionPool {
  readonly #instance: DuckDBInstance;
  readonly #name: string;
  readonly #places: Places;
  readonly #profiles: ProfileFolder;
  readonly #idle: PooledConnection[] = [];
  #open = 0;
  #made = 0;
  #profiled: boolean | undefined;
  #closing: PromiseWithResolvers<void> | undefined;

  constructor({ instance, name, profiles, size }: ConnectionPoolParts) {
    this.#instance = instance;
    this.#name = name;
    this.#places = new Places({ name, size });
    this.#profiles = profiles;
  }

  async acquire(patience: Patience = {}): Promise<PooledConnection> {
    this.#refuseWhenClosed();
    this.#open += 1;
    try {
      await this.#places.take(patience);
    } catch (error) {
      this.#leave();
      throw error;
    }
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      return idle;
    }
    try {
      return await this.#connect();
    } catch (error) {
      this.#giveUp();
      throw classifyDuckdbError(error, { connection: this.#name, phase: 'open' });
    }
  }

  /** Gives a connection back; one that changed session state or holds an open result is not used again. */
  release(connection: PooledConnection, { reusable }: { readonly reusable: boolean }): void {
    if (reusable && this.#closing === undefined) {
      this.#idle.push(connection);
    } else {
      connection.duckdb.closeSync();
    }
    this.#giveUp();
  }

  /** Waits for the statements in flight, refuses new ones. */
  async close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers<void>();
      this.#places.refuse(this.#closed());
      this.#finishClosing();
    }
    await this.#closing.promise;
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) {
      throw this.#closed();
    }
  }

  #closed(): ConnectorError {
    return new ConnectorError('CONNECTOR_CLOSED', this.#name);
  }

  #giveUp(): void {
    this.#places.give();
    this.#leave();
  }

  #leave(): void {
    this.#open -= 1;
    this.#finishClosing();
  }

  #finishClosing(): void {
    if (this.#closing === undefined || this.#open > 0) {
      return;
    }
    for (const { duckdb } of this.#idle.splice(0)) {
      duckdb.closeSync();
    }
    this.#profiles.remove();
    this.#closing.resolve();
  }

  async #connect(): Promise<PooledConnection> {
    const duckdb = await this.#instance.connect();
    this.#made += 1;
    const file = join(this.#profiles.path, `${this.#made}.json`);
    if (this.#profiled !== false) {
      const start = this.#profiled === true ? setProfiling : startProfiling;
      this.#profiled = await start(duckdb, file);
    }
    return this.#profiled
      ? { duckdb, takeProfile: () => takeProfile(file) }
      : { duckdb, takeProfile: () => undefined };
  }
}

export interface ConnectionPoolParts {
  readonly instance: DuckDBInstance;
  /** For error messages. */
  readonly name: string;
  readonly profiles: ProfileFolder;
  readonly size: number;
}
