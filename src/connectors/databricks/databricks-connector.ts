import type { RelationId } from '../../base/relation.ts';
import { type RetryOptions, retry } from '../../base/retry.ts';
import type { AccountPrices, NoAccountPrices } from '../../cost/account-prices.ts';
import { begunAnew } from '../begun-anew.ts';
import { cellText } from '../cell-text.ts';
import type {
  CallOptions,
  Capabilities,
  CatalogOptions,
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
import type { Hours } from '../history/hourly-statements.ts';
import type { RefreshBill } from '../refresh-bill.ts';
import { stopStatements } from '../stop-statements.ts';
import { toldAnswer } from '../told-stream.ts';
import { readDatabricksPrices } from './account-prices.ts';
import { DatabricksSession } from './databricks-session.ts';
import { databricksWording } from './databricks-wording.ts';
import { diagnoseDatabricks } from './diagnose.ts';
import { fateOf } from './fate-of.ts';
import { PIPELINE_START_MS } from './native-wording.ts';
import { type KnownDatabricks, readDatabricksCatalog } from './read-databricks-catalog.ts';
import { readRefreshBills } from './refresh-bills.ts';
import { refuseUnsafe } from './replay-guard.ts';
import { runningStatements } from './running-statements.ts';
import { type DatabricksAddress, SessionPool, type SessionPoolParts } from './session-pool.ts';
import { hasWaited, WarehouseStart } from './warehouse-start.ts';

export interface DatabricksTarget {
  readonly name: string;
  /** Whoever reads: history, catalog, facts. */
  readonly reader: DatabricksAddress;
  /** Whoever writes. Absent: nothing is written. */
  readonly writer?: DatabricksAddress | undefined;
  /** Statements of each identity in flight at most; default 8. */
  readonly connections?: number | undefined;
  /** Most time any statement of ours may take. */
  readonly statementTimeoutMs: number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Milliseconds of a clock that only goes forward; default that of this process. */
  readonly now?: (() => number) | undefined;
  /** How long a statement waits for a warehouse that is starting, in milliseconds; default five minutes. */
  readonly startWithinMs?: number | undefined;
  /** How long a session that nobody uses is kept, in milliseconds; default a minute. */
  readonly idleMs?: number | undefined;
  /** Told what is waited for, for a person who waits. */
  readonly tell?: ((words: string) => void) | undefined;
}

/** What is asked as whoever owns what is ours. */
const OWNERS: ReadonlySet<CallOptions['purpose']> = new Set(['ledger', 'catalog']);

const ATTEMPTS = 3;
const FIRST_DELAY_MS = 250;
const START_MS = 5 * 60_000;
/** Clocks may disagree by this much. */
const SKEW_MS = 10 * 60_000;

/**
 * Opens a Databricks SQL warehouse; both identities sign in at once, so that a wrong address or secret is told now.
 *
 * Raises `CONNECTOR_UNREACHABLE`, `CONNECTOR_SIGN_IN_FAILED`, `CONNECTOR_DATABASE_MISSING`, `CONNECTOR_TLS_REFUSED`.
 */
export async function openDatabricks(target: DatabricksTarget): Promise<Connector> {
  const { name, sleep, tell, now = () => performance.now(), startWithinMs = START_MS } = target;
  const start = new WarehouseStart({ name, withinMs: startWithinMs, now, sleep, tell });
  const reader = openIdentity(target, { identity: 'reader', address: target.reader, start });
  const writer =
    target.writer === undefined
      ? undefined
      : openIdentity(target, { identity: 'writer', address: target.writer, start });
  try {
    const identities = writer === undefined ? [reader] : [reader, writer];
    const told = await Promise.all(
      identities.map(({ session }) =>
        session.query('select current_user()', { purpose: 'catalog' }),
      ),
    );
    const users = told.flatMap(({ rows }) => rows.map(([user]) => cellText(user)));
    return new DatabricksConnector({ target, users, reader, writer });
  } catch (error) {
    await Promise.all([reader.pool.close(), writer?.pool.close()]);
    throw error;
  }
}

interface Identity {
  readonly pool: SessionPool;
  readonly session: DatabricksSession;
}

interface ConnectorParts {
  readonly target: DatabricksTarget;
  readonly users: readonly string[];
  readonly reader: Identity;
  readonly writer: Identity | undefined;
}

class DatabricksConnector implements Connector {
  readonly name: string;
  readonly dialect = 'databricks';
  readonly wording = databricksWording;
  readonly capabilities: Capabilities;
  readonly users: readonly string[];
  readonly #parts: ConnectorParts;
  /** Of the catalog, what need not be asked for again while it does not change. */
  #known: KnownDatabricks | undefined;

  constructor(parts: ConnectorParts) {
    this.name = parts.target.name;
    this.users = parts.users;
    // Absent: oneStatementOneSnapshot (each Delta table has its own), enforcesKeys (keys are declared only).
    this.capabilities = {
      canWrite: parts.writer !== undefined,
      transactionalDdl: false,
      replaceViewChangesColumns: true,
      foldsNowInViews: false,
      hasGrants: true,
      hiding: 'side-tables',
      // Liquid clustering: up to four columns with statistics, which the first 32 of a table have.
      clusters: {
        most: 4,
        types: String.raw`^(date|timestamp|timestamp_ntz|string|tinyint|smallint|int|bigint|float|double|decimal)\b`,
        within: 32,
      },
      nativeShapes: [
        {
          kind: 'materialized view',
          refresh: 'incremental',
          billedApart: 'serverless pipelines',
          startsWithinMs: PIPELINE_START_MS,
          bareAggregates: true,
          sumsNeedValues: true,
        },
      ],
      billing: 'credits',
    };
    this.#parts = parts;
  }

  /**
   * Reading twice does no harm, so a statement that could not reach the warehouse is sent again, but for the ledger's, which are where
   * the warehouse did not take them at all (it forgot the session, or starts). The text of a
   * view is told to its owner alone, and ours are the writer's: what is asked of the catalog is asked by the writer where there is one.
   */
  query(sql: string, options: CallOptions): Promise<QueryResult> {
    const { reader, writer } = this.#parts;
    const { purpose } = options;
    const whose = OWNERS.has(purpose) ? (writer ?? reader) : reader;
    return purpose === 'ledger'
      ? whose.session.query(sql, options)
      : this.#asked(whose, { sql, options });
  }

  #asked(
    { session }: Identity,
    { sql, options }: { readonly sql: string; readonly options: CallOptions },
  ): Promise<QueryResult> {
    return retry(() => session.query(sql, options), this.#again(options));
  }

  #again({ signal }: CallOptions): RetryOptions {
    return {
      clock: { sleep: this.#parts.target.sleep },
      attempts: ATTEMPTS,
      firstDelayMs: FIRST_DELAY_MS,
      isRetryable: isTransient,
      signal,
    };
  }

  /** For a reading of our own, which gives back no cost. */
  #told(
    identity: Identity,
    asked: { readonly sql: string; readonly options: CallOptions },
  ): Promise<QueryResult> {
    return toldAnswer(this.#asked(identity, asked), asked.options);
  }

  stream(sql: string, options: CallOptions): AsyncIterable<readonly (readonly Cell[])[]> {
    const { session } = this.#parts.reader;
    return begunAnew(() => session.stream(sql, options), this.#again(options));
  }

  async execute(sql: string, options: CallOptions): Promise<StatementCost> {
    return this.#writing(options).execute(sql, options);
  }

  #writing({ purpose }: CallOptions): Session {
    const { writer } = this.#parts;
    if (writer === undefined) {
      const addition = `to ${purpose} needs warehouse.databricks.writer`;
      throw new ConnectorError('CONNECTOR_READ_ONLY', this.name, { addition });
    }
    return writer.session;
  }

  /**
   * Reading: the statements go one after the other, each on its own snapshot of each table, by an identity that may not write.
   * Writing: only where the caller lets each statement commit by itself, for nothing would be undone.
   */
  async transaction<Result>(
    work: (session: Session) => Promise<Result>,
    options: TransactionOptions,
  ): Promise<Result> {
    options.signal?.throwIfAborted();
    if (!options.readOnly && options.commits === 'each') {
      return await work(this.#writing(options));
    }
    if (!options.readOnly) {
      const addition = 'it has no transactions over several statements';
      throw new ConnectorError('CONNECTOR_NOT_TRANSACTIONAL', this.name, { addition });
    }
    return work({
      wording: this.wording,
      query: (sql, call) => this.query(sql, call),
      stream: (sql, call) => this.stream(sql, call),
      execute: async (sql, call) => {
        const { purpose } = call;
        if (purpose === 'replay') {
          // A SELECT without looking at its rows: the session lets nothing else be replayed.
          return await this.#parts.reader.session.execute(sql, call);
        }
        const addition = `a statement to ${purpose} was refused: this transaction only reads`;
        return Promise.reject(new ConnectorError('CONNECTOR_READ_ONLY', this.name, { addition }));
      },
    });
  }

  async readCatalog(options: CatalogOptions): Promise<readonly CatalogRelation[]> {
    const { reader, writer } = this.#parts;
    // Many at a time: what the reading took stands for all of them.
    const askedAs = (identity: Identity) => ({
      query: (sql: string, asked: CallOptions) => this.#asked(identity, { sql, options: asked }),
    });
    const owner = writer === undefined ? undefined : askedAs(writer);
    const look = {
      session: askedAs(reader),
      owner,
      options,
      known: this.#known,
      now: Date.now(),
    };
    const { relations, known } = await readDatabricksCatalog(look);
    this.#known = known;
    return relations;
  }

  diagnose(needs: Needs, options: CallOptions): Promise<readonly Finding[]> {
    const { reader, writer } = this.#parts;
    return diagnoseDatabricks(
      {
        reader: (sql) => reader.session.query(sql, options),
        ...(writer === undefined
          ? {}
          : { writer: (sql: string) => writer.session.query(sql, options) }),
      },
      { ...needs, users: this.users, now: () => Date.now() },
    );
  }

  readPrices(options: CallOptions): Promise<AccountPrices | NoAccountPrices> {
    const { reader, target } = this.#parts;
    const [user = ''] = this.users;
    const ask = (sql: string) => this.#told(reader, { sql, options });
    const { httpPath } = target.reader;
    return readDatabricksPrices({ user, httpPath, ask, now: Date.now() });
  }

  readRefreshBills(
    versions: readonly RelationId[],
    { from, to, ...options }: CallOptions & Hours,
  ): Promise<ReadonlyMap<RelationId, RefreshBill>> {
    const asked = (identity: Identity) => (sql: string) => this.#told(identity, { sql, options });
    const { reader, writer = reader } = this.#parts;
    const { name } = this;
    const [ask, askOwner] = [asked(reader), asked(writer)];
    return readRefreshBills({ name, versions, from, to, ask, askOwner });
  }

  async stopStatements(relations: readonly RelationId[], { signal }: CallOptions): Promise<number> {
    const { target, writer } = this.#parts;
    if (writer === undefined || target.writer === undefined) {
      return 0;
    }
    const { workspace } = target.writer;
    const withinMs = target.statementTimeoutMs + SKEW_MS;
    return stopStatements(
      relations.map((relation) => this.wording.names.relation(relation)),
      {
        running: () =>
          runningStatements({ name: this.name, pool: writer.pool, workspace, withinMs }),
        sleep: target.sleep,
        signal,
      },
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#parts.reader.pool.close(), this.#parts.writer?.pool.close()]);
  }
}

function openIdentity(
  target: DatabricksTarget,
  {
    identity,
    address,
    start,
  }: Pick<SessionPoolParts, 'identity' | 'address'> & { readonly start: WarehouseStart },
): Identity {
  const { name, connections: size = 8, statementTimeoutMs, sleep, idleMs } = target;
  const pool = new SessionPool({ name, address, identity, size, sleep, idleMs });
  const session = new DatabricksSession({
    name,
    pool,
    start,
    mostMs: statementTimeoutMs,
    checkReplay: (sql) => refuseUnsafe(sql, name),
    fateOf: (mark, sentAfter) => fateOf({ mark, sentAfter, pool, address, sleep }),
  });
  return { pool, session };
}

/** What took a whole wait for a start is not waited for again. */
function isTransient(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    (error.code === 'CONNECTOR_UNREACHABLE' || error.code === 'CONNECTOR_FULL') &&
    !hasWaited(error)
  );
}
