import type { Connection } from 'snowflake-sdk';
import { ConnectorError } from '../connector-error.ts';
import { type Patience, Places } from '../places.ts';
import { onTheWayIn, type WayIn } from '../way-in.ts';
import { classifySnowflakeError } from './classify-snowflake-error.ts';

export interface SnowflakePoolParts {
  /** For error messages. */
  readonly name: string;
  readonly size: number;
  /** For the words of what stops on it. */
  readonly way?: WayIn | undefined;
  /** Signs in; raises the driver's own errors. */
  readonly open: () => Promise<Connection>;
}

/** A connection that carries at most one statement at a time. */
export interface PooledConnection {
  readonly connection: Connection;
  readonly openedAt: number;
}

/** Sessions are short: long ones met hangs in renewals and keep-alives. */
const OLDEST_MS = 15 * 60_000;
const IDLE_MS = 60_000;

/** Connections of one identity; at most `size`, further callers wait their turn. Every one is destroyed in the end. */
export class SnowflakePool {
  readonly #parts: SnowflakePoolParts;
  readonly #places: Places;
  #idle: { readonly pooled: PooledConnection; readonly timer: NodeJS.Timeout }[] = [];
  #inFlight = 0;
  /** Beyond `size`. */
  #beside = 0;
  #closing: PromiseWithResolvers<void> | undefined;

  constructor(parts: SnowflakePoolParts) {
    this.#parts = parts;
    this.#places = new Places(parts);
  }

  async acquire(patience: Patience = {}): Promise<PooledConnection> {
    this.#refuseWhenClosed();
    this.#inFlight += 1;
    try {
      await this.#places.take(patience);
    } catch (error) {
      this.#leave();
      throw error;
    }
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      clearTimeout(idle.timer);
      return idle.pooled;
    }
    try {
      return { connection: await this.#parts.open(), openedAt: performance.now() };
    } catch (error) {
      this.#giveUp();
      throw this.#inOurWords(error);
    }
  }

  /** Gives a connection back; one that failed, or is old, is not used again. */
  async release(
    pooled: PooledConnection,
    { reusable }: { readonly reusable: boolean },
  ): Promise<void> {
    const isFit =
      reusable && performance.now() - pooled.openedAt < OLDEST_MS && this.#closing === undefined;
    if (isFit) {
      const timer = setTimeout(() => this.#retire(pooled), IDLE_MS);
      timer.unref();
      this.#idle.push({ pooled, timer });
    } else {
      await destroy(pooled);
    }
    this.#giveUp();
  }

  /** A new connection beside those that are shared, for who has one already and must not wait for another; nobody else gets it. */
  async acquireBeside(): Promise<PooledConnection> {
    this.#refuseWhenClosed();
    this.#beside += 1;
    try {
      return { connection: await this.#parts.open(), openedAt: performance.now() };
    } catch (error) {
      this.#leaveBeside();
      throw this.#inOurWords(error);
    }
  }

  /** Ends a session that `acquireBeside` opened, with all that is temporary in it. */
  async endBeside(pooled: PooledConnection): Promise<void> {
    await destroy(pooled);
    this.#leaveBeside();
  }

  /** Waits for the statements in flight, refuses new ones. */
  async close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers<void>();
      this.#finishClosing();
    }
    await this.#closing.promise;
  }

  #inOurWords(error: unknown): Error {
    const { name, way } = this.#parts;
    return onTheWayIn(classifySnowflakeError(error, name), way);
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) {
      throw new ConnectorError('CONNECTOR_CLOSED', this.#parts.name);
    }
  }

  #retire(pooled: PooledConnection): void {
    this.#idle = this.#idle.filter((idle) => idle.pooled !== pooled);
    void destroy(pooled);
  }

  #giveUp(): void {
    this.#places.give();
    this.#leave();
  }

  #leave(): void {
    this.#inFlight -= 1;
    this.#finishClosing();
  }

  #leaveBeside(): void {
    this.#beside -= 1;
    this.#finishClosing();
  }

  #finishClosing(): void {
    if (this.#closing === undefined || this.#inFlight + this.#beside > 0) {
      return;
    }
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) {
      clearTimeout(timer);
    }
    void Promise.all(idle.map(({ pooled }) => destroy(pooled))).then(() =>
      this.#closing?.resolve(),
    );
  }
}

/** How long a server may take to end a session: it ends those nobody uses by itself. */
const FAREWELL_MS = 3_000;

/** Ends the session on the server; one that is gone there already is gone. */
function destroy({ connection }: PooledConnection): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FAREWELL_MS);
    connection.destroy(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
