import type pg from 'pg';
import { HOUR_MS } from '../../base/clock.ts';
import { type RetryOptions, retry } from '../../base/retry.ts';
import { begunAnew } from '../begun-anew.ts';
import type {
  CallOptions,
  Capabilities,
  CatalogRelation,
  Cell,
  Connector,
  Finding,
  Needs,
  QueryResult,
  Session,
  StatementCost,
  TransactionOptions,
} from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import type { WayIn } from '../way-in.ts';
import { diagnosePostgres } from './diagnose.ts';
import { type PooledConnection, type PostgresAddress, PostgresPool } from './postgres-pool.ts';
import { type ConnectionLender, PostgresSession } from './postgres-session.ts';
import { runInTransaction } from './postgres-transaction.ts';
import { postgresWording } from './postgres-wording.ts';
import { readPostgresCatalog } from './read-postgres-catalog.ts';
import { ReplayGuard } from './replay-guard.ts';
import { TypeNames } from './type-names.ts';

export interface PostgresTarget {
  readonly name: string;
  /** Whoever reads: history, catalog, facts, replays. */
  readonly reader: PostgresAddress;
  /** Whoever writes: ledger, builds, views. Absent: nothing is written. */
  readonly writer?: PostgresAddress | undefined;
  /** Statements of each identity in flight at most; default 8. */
  readonly connections?: number | undefined;
  /** Most time a statement may take where neither its call nor its role has less; default an hour. */
  readonly statementTimeoutMs?: number | undefined;
  /** How long the server has to stop what it was asked to cancel before the connection is ended; default half a minute. */
  readonly answerMs?: number | undefined;
  /** Between attempts of a reading statement that could not reach the server. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Opens a PostgreSQL warehouse; the first connection is made at once, so that a wrong address or password is told now.
 *
 * Raises `CONNECTOR_UNREACHABLE`, `CONNECTOR_SIGN_IN_FAILED`, `CONNECTOR_DATABASE_MISSING`, `CONNECTOR_TLS_REFUSED`.
 */
export async function openPostgres(target: PostgresTarget): Promise<Connector> {
  const connector = new PostgresConnector(target);
  try {
    await connector.query('select 1', { purpose: 'catalog' });
    if (target.writer !== undefined) {
      await connector.execute('select 1', { purpose: 'ledger' });
    }
    return connector;
  } catch (error) {
    await connector.close();
    throw error;
  }
}

/** Opening a connection is no waiting: else each statement would have a limit of its own to set. */
const MOMENT_MS = 250;

/** Connections that do nothing but cancel others. */
const CANCELLERS = 2;
const ATTEMPTS = 3;
const FIRST_DELAY_MS = 200;

/** One identity: its connections, and those that cancel what runs on them (only the same user may). */
interface Identity {
  readonly pool: PostgresPool;
  readonly session: PostgresSession;
  readonly lender: Omit<ConnectionLender, 'borrow' | 'giveBack'>;
  close(): Promise<void>;
}

class PostgresConnector implements Connector {
  readonly name: string;
  readonly dialect = 'postgres';
  readonly wording = postgresWording;
  readonly capabilities: Capabilities;
  readonly users: readonly string[];
  readonly #reader: Identity;
  readonly #writer: Identity | undefined;
  readonly #sleep: PostgresTarget['sleep'];

  constructor(target: PostgresTarget) {
    const { name, reader, writer, connections = 8, statementTimeoutMs = HOUR_MS, sleep } = target;
    const { answerMs } = target;
    this.name = name;
    this.users = [reader, ...(writer === undefined ? [] : [writer])].map(({ user }) => user);
    this.capabilities = {
      canWrite: writer !== undefined,
      transactionalDdl: true,
      replaceViewChangesColumns: false,
      foldsNowInViews: true,
      hasGrants: true,
      hiding: 'side-tables',
      nativeShapes: [{ kind: 'materialized view', refresh: 'whole', needsKey: true }],
      billing: 'cpu',
    };
    const typeNames = new TypeNames();
    const guard = new ReplayGuard(name);
    const open = (address: PostgresAddress, identity: WayIn['identity']) => {
      const way = wayIn(address, identity);
      return openIdentity(address, {
        name,
        way,
        connections,
        statementTimeoutMs,
        answerMs,
        typeNames,
        guard,
      });
    };
    this.#reader = open(reader, 'reader');
    this.#writer = writer === undefined ? undefined : open(writer, 'writer');
    this.#sleep = sleep;
  }

  /** Reading twice does no harm, so a statement that could not reach the server is sent again, but for the ledger's. */
  query(sql: string, options: CallOptions): Promise<QueryResult> {
    if (options.purpose === 'ledger') {
      return (this.#writer ?? this.#reader).session.query(sql, options);
    }
    return retry(() => this.#reader.session.query(sql, options), this.#again(options));
  }

  #again({ signal }: CallOptions): RetryOptions {
    return {
      clock: { sleep: this.#sleep },
      attempts: ATTEMPTS,
      firstDelayMs: FIRST_DELAY_MS,
      isRetryable: isTransient,
      signal,
    };
  }

  /** Begun anew where the server could not be reached before its first rows; nothing is read twice. */
  stream(sql: string, options: CallOptions): AsyncIterable<readonly (readonly Cell[])[]> {
    const { session } = this.#reader;
    return begunAnew(() => session.stream(sql, options), this.#again(options));
  }

  async execute(sql: string, options: CallOptions): Promise<StatementCost> {
    return this.#forWriting(options).session.execute(sql, options);
  }

  async transaction<Result>(
    work: (session: Session) => Promise<Result>,
    options: TransactionOptions,
  ): Promise<Result> {
    const { pool, lender } = options.readOnly ? this.#reader : this.#forWriting(options);
    return runInTransaction(work, { pool, lender, options });
  }

  readCatalog(options: CallOptions): Promise<readonly CatalogRelation[]> {
    return this.transaction((session) => readPostgresCatalog(session, options), {
      ...options,
      readOnly: true,
    });
  }

  async diagnose(needs: Needs, options: CallOptions): Promise<readonly Finding[]> {
    const writer = this.#writer;
    return diagnosePostgres(
      {
        reader: (sql) => this.#reader.session.query(sql, options),
        ...(writer === undefined
          ? {}
          : { writer: (sql: string) => writer.session.query(sql, options) }),
      },
      { ...needs, users: this.users, now: () => Date.now() },
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#reader.close(), this.#writer?.close()]);
  }

  #forWriting({ purpose }: CallOptions): Identity {
    if (this.#writer === undefined) {
      const addition = `to ${purpose} needs warehouse.postgres.writer`;
      throw new ConnectorError('CONNECTOR_READ_ONLY', this.name, { addition });
    }
    return this.#writer;
  }
}

function openIdentity(
  address: PostgresAddress,
  {
    name,
    way,
    connections,
    statementTimeoutMs,
    answerMs,
    typeNames,
    guard,
  }: {
    readonly name: string;
    readonly way: WayIn;
    readonly connections: number;
    readonly statementTimeoutMs: number;
    readonly answerMs: number | undefined;
    readonly typeNames: TypeNames;
    readonly guard: ReplayGuard;
  },
): Identity {
  const pool = new PostgresPool({ name, address, way, size: connections });
  const cancellers = new PostgresPool({ name, address, way, size: CANCELLERS });
  const lender = {
    name,
    way,
    typeNames,
    statementTimeoutMs,
    checkReplay: ({ client }: PooledConnection, sql: string) => guard.check(client, sql),
    cancel: ({ processId }: PooledConnection) => cancel(cancellers, processId),
    abandon: (connection: PooledConnection) => pool.abandon(connection),
    answerMs,
  };
  const session = new PostgresSession({
    ...lender,
    async borrow(options) {
      const askedAt = performance.now();
      const connection = await pool.acquire(options);
      const waitedMs = performance.now() - askedAt;
      return { connection, waitedMs: waitedMs < MOMENT_MS ? 0 : waitedMs };
    },
    giveBack: (connection, how) => pool.release(connection, how),
  });
  return {
    pool,
    session,
    lender,
    async close() {
      await pool.close();
      await cancellers.close();
    },
  };
}

function wayIn(
  { host, port, user, secretIn }: PostgresAddress,
  identity: WayIn['identity'],
): WayIn {
  return {
    identity,
    user,
    at: host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}:${port}`,
    addressIn: 'warehouse.postgres.host and port',
    mayBeStopped: true,
    secretIn: secretIn ?? `what warehouse.postgres.${identity} signs in with`,
  };
}

/** Best effort: a server that cannot be asked any more ends the statement when it finds us gone. */
async function cancel(cancellers: PostgresPool, processId: number): Promise<void> {
  try {
    const connection = await cancellers.acquire();
    let usable = false;
    try {
      const asked = {
        text: 'select pg_catalog.pg_cancel_backend($1)',
        values: [processId],
        query_timeout: cancellers.connectTimeoutMs,
      } satisfies pg.QueryConfig & { readonly query_timeout: number };
      await connection.client.query(asked);
      usable = true;
    } finally {
      cancellers.release(connection, { reusable: usable });
    }
  } catch (error) {
    ignoreSinceServerNotices(error);
  }
}

function ignoreSinceServerNotices(_error: unknown): void {
  // `client_connection_check_interval` and `statement_timeout` stand behind this.
}

function isTransient(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    (error.code === 'CONNECTOR_UNREACHABLE' || error.code === 'CONNECTOR_FULL')
  );
}
