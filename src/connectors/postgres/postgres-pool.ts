import pg from 'pg';
import { ConnectorError } from '../connector-error.ts';
import { type Patience, Places, untilAborted } from '../places.ts';
import { onTheWayIn, type WayIn } from '../way-in.ts';
import { classifyPostgresError } from './classify-postgres-error.ts';
import { type OwnLimits, readOwnLimits } from './own-limits.ts';

/** How one identity reaches the server. */
export interface PostgresAddress {
  /** A host name, an IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Asked at every new connection, so that a changed secret is taken up; absent: the password file, or none. */
  readonly password?: (() => string | Promise<string>) | undefined;
  readonly tls: pg.ConnectionConfig['ssl'];
  readonly connectTimeoutMs: number;
  /** The setting that holds the secret, for the words where it is not taken. */
  readonly secretIn?: string | undefined;
  /** Where bare names are looked up. */
  readonly searchPath: readonly string[];
}

export interface PostgresPoolParts {
  /** For error messages. */
  readonly name: string;
  readonly address: PostgresAddress;
  readonly way: WayIn;
  readonly size: number;
}

/** A connection that carries at most one statement at a time. */
export interface PooledConnection {
  readonly client: pg.PoolClient;
  readonly processId: number;
  readonly own: OwnLimits;
  /** The server's time limit this connection has now; absent where nobody knows. */
  statementTimeoutMs?: number | undefined;
}

/** What every session has alike, so that a value has one text. A server that finds its client gone stops the statement. */
const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  IntervalStyle: 'iso_8601',
  extra_float_digits: '1',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  client_connection_check_interval: '2s',
};

/** How long a connection nobody needs is kept. */
const IDLE_MS = 60_000;

/** Connections of one identity; at most `size`, further callers wait their turn. */
export class PostgresPool {
  readonly #name: string;
  readonly #way: WayIn;
  /** An answer that is a moment's work takes no longer either. */
  readonly connectTimeoutMs: number;
  readonly #pool: pg.Pool;
  readonly #known = new WeakMap<pg.PoolClient, PooledConnection>();
  readonly #places: Places;
  #inFlight = 0;
  #closing: PromiseWithResolvers<void> | undefined;

  constructor({ name, address, way, size }: PostgresPoolParts) {
    const { host, port, database, user, password, tls, connectTimeoutMs, searchPath } = address;
    this.#name = name;
    this.#way = way;
    this.connectTimeoutMs = connectTimeoutMs;
    this.#places = new Places({ name, size });
    this.#pool = new pg.Pool({
      host,
      port,
      database,
      user,
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { ssl: tls }),
      application_name: 'goldsmith',
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: IDLE_MS,
      keepAlive: true,
      max: size,
      options: optionsOf({ ...SESSION_SETTINGS, search_path: pathOf(searchPath) }),
    });
    // A connection that breaks while idle leaves the pool by itself; the next caller gets a new one.
    this.#pool.on('error', ignoreSinceReplaced);
  }

  /** Waiting for a free connection is no connecting: it ends with the caller's patience alone. */
  async acquire(patience: Patience = {}): Promise<PooledConnection> {
    if (this.#closing !== undefined) {
      throw new ConnectorError('CONNECTOR_CLOSED', this.#name);
    }
    this.#inFlight += 1;
    try {
      await this.#places.take(patience);
    } catch (error) {
      this.#leave();
      throw error;
    }
    const { signal } = patience;
    const opening = this.#open();
    try {
      return await untilAborted(opening, signal);
    } catch (error) {
      // Nobody waits for it any more: what still opens is given back then.
      opening.then(
        (connection) => this.release(connection, { reusable: true }),
        () => this.#giveUp(),
      );
      const isCalledOff = signal?.aborted === true && error === signal.reason;
      throw isCalledOff ? error : onTheWayIn(classifyPostgresError(error, this.#name), this.#way);
    }
  }

  /** Gives a connection back; one that changed session state or holds an open result is not used again. */
  release({ client }: PooledConnection, { reusable }: { readonly reusable: boolean }): void {
    client.release(!reusable);
    this.#giveUp();
  }

  async #open(): Promise<PooledConnection> {
    const client = await this.#pool.connect();
    const known = this.#known.get(client);
    if (known !== undefined) {
      return known;
    }
    client.on('error', ignoreSinceReplaced);
    const connection = await seen(client, this.connectTimeoutMs);
    this.#known.set(client, connection);
    return connection;
  }

  #giveUp(): void {
    this.#places.give();
    this.#leave();
  }

  /** Ends the connection under whatever waits on it, which rejects. */
  abandon({ client }: PooledConnection): void {
    // What the pool lends is a whole client, typed as less; it breaks off while it waits for an answer.
    void (client as pg.PoolClient & Pick<pg.Client, 'end'>).end().catch(ignoreSinceReplaced);
  }

  /** Waits for the statements in flight, refuses new ones. */
  async close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers<void>();
      this.#finishClosing();
    }
    await this.#closing.promise;
  }

  #leave(): void {
    this.#inFlight -= 1;
    this.#finishClosing();
  }

  #finishClosing(): void {
    if (this.#closing !== undefined && this.#inFlight === 0) {
      this.#pool.end().then(this.#closing.resolve, this.#closing.reject);
    }
  }
}

function ignoreSinceReplaced(): void {
  // Whoever runs a statement on it gets the error; an idle connection is nobody's.
}

/** A connection as it begins; one that cannot tell its limits is not used. */
async function seen(client: pg.PoolClient, connectTimeoutMs: number): Promise<PooledConnection> {
  try {
    const own = await readOwnLimits(client, connectTimeoutMs);
    return { client, processId: processIdOf(client), own, statementTimeoutMs: own.statementMs };
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** The driver knows it but does not type it. */
function processIdOf(client: pg.PoolClient): number {
  return (client as pg.PoolClient & { readonly processID?: number }).processID ?? 0;
}

function pathOf(schemas: readonly string[]): string {
  return schemas.map((schema) => `"${schema.replaceAll('"', '""')}"`).join(',');
}

/** As the server reads a start-up message: blanks and backslashes are escaped. */
function optionsOf(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, String.raw`\$&`)}`)
    .join(' ');
}
