import type { Connection } from 'snowflake-sdk';
import type { EpochMs } from '../../base/clock.ts';
import type { RelationId } from '../../base/relation.ts';
import { type RetryOptions, retry } from '../../base/retry.ts';
import type { AccountPrices, NoAccountPrices } from '../../cost/account-prices.ts';
import { begunAnew } from '../begun-anew.ts';
import { cellText } from '../cell-text.ts';
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
import type { RefreshBill } from '../refresh-bill.ts';
import { stopStatements } from '../stop-statements.ts';
import { toldAnswer } from '../told-stream.ts';
import type { WayIn } from '../way-in.ts';
import { readSnowflakePrices } from './account-prices.ts';
import { apartFromKept } from './apart-from-kept.ts';
import { diagnoseSnowflake } from './diagnose.ts';
import { type KeptTable, readKeptTables } from './kept-tables.ts';
import { TOMBSTONE_TYPES } from './lookup-wording.ts';
import { nativeOffers } from './native-offers.ts';
import { type KnownSnowflake, readSnowflakeCatalog } from './read-snowflake-catalog.ts';
import { readRefreshBills } from './refresh-bills.ts';
import { refuseUnsafe } from './replay-guard.ts';
import { cancelSql, RUNNING_SQL } from './running-sql.ts';
import { SnowflakePool } from './snowflake-pool.ts';
import { type ConnectionLender, SnowflakeSession } from './snowflake-session.ts';
import { runInTransaction } from './snowflake-transaction.ts';
import { snowflakeWording } from './snowflake-wording.ts';
import { statementKind } from './statement-kind.ts';

/** One way in: a role, its warehouse, and how it signs in. */
export interface SnowflakeIdentity {
  readonly database: string;
  /** In which names without one are looked up, as stored. */
  readonly schema: string;
  readonly user: string;
  readonly role: string;
  readonly warehouse: string;
  readonly creditsPerHour: number;
  /** For the words of what stops on it. */
  readonly way?: WayIn | undefined;
  readonly open: () => Promise<Connection>;
}

export interface SnowflakeTarget {
  readonly name: string;
  /** Whoever reads: history, catalog, facts, replays. */
  readonly reader: SnowflakeIdentity;
  /** Whoever writes. Absent: nothing is written. */
  readonly writer?: SnowflakeIdentity | undefined;
  /** Statements of each identity in flight at most. */
  readonly connections: number;
  readonly statementTimeoutMs: number;
  /** Between attempts of a reading statement that could not reach the account. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Opens a Snowflake account; the first connection is made at once, so that a wrong account or key is told now.
 *
 * Raises `CONNECTOR_UNREACHABLE` and `CONNECTOR_SIGN_IN_FAILED`.
 */
export async function openSnowflake(target: SnowflakeTarget): Promise<Connector> {
  const connector = new SnowflakeConnector(target);
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

const ATTEMPTS = 3;
const FIRST_DELAY_MS = 200;

interface Opened {
  readonly pool: SnowflakePool;
  readonly session: SnowflakeSession;
  readonly lender: Omit<ConnectionLender, 'borrow' | 'giveBack'>;
}

class SnowflakeConnector implements Connector {
  readonly name: string;
  readonly dialect = 'snowflake';
  readonly wording = snowflakeWording;
  readonly capabilities: Capabilities;
  readonly users: readonly string[];
  readonly #reader: Opened;
  readonly #writer: Opened | undefined;
  readonly #target: SnowflakeTarget;
  #ownFunctions: ReadonlySet<string> | undefined;
  /** Of the catalog, what need not be asked for again while it does not change. */
  #known: KnownSnowflake | undefined;

  constructor(target: SnowflakeTarget) {
    const { name, reader, writer } = target;
    this.name = name;
    this.#target = target;
    this.users = [reader, ...(writer === undefined ? [] : [writer])].map(({ user }) => user);
    this.capabilities = {
      canWrite: writer !== undefined,
      transactionalDdl: false,
      replaceViewChangesColumns: true,
      foldsNowInViews: false,
      hasGrants: true,
      hiding: 'side-tables',
      tombstones: TOMBSTONE_TYPES,
      // Sorted when made; by more columns than three the last tells partitions apart no more.
      clusters: {
        most: 3,
        sorted: true,
        types: String.raw`^(number|decimal|numeric|varchar|text|string|date|timestamp_\w+|timestamp|boolean)\b`,
      },
      ...(writer === undefined ? {} : { nativeShapes: nativeOffers(writer.warehouse) }),
      billing: 'credits',
    };
    this.#reader = this.#opened(reader, { mayWrite: false });
    this.#writer = writer === undefined ? undefined : this.#opened(writer, { mayWrite: true });
  }

  /** Reading twice does no harm, so a statement that could not reach the account is sent again, but for the ledger's. */
  query(sql: string, options: CallOptions): Promise<QueryResult> {
    if (options.purpose === 'ledger') {
      return (this.#writer ?? this.#reader).session.query(sql, options);
    }
    return retry(() => this.#askReader(sql, options), this.#again(options));
  }

  #again({ signal }: CallOptions): RetryOptions {
    return {
      clock: { sleep: this.#target.sleep },
      attempts: ATTEMPTS,
      firstDelayMs: FIRST_DELAY_MS,
      isRetryable: isTransient,
      signal,
    };
  }

  /** What no materialized view may answer is asked apart. */
  async #askReader(sql: string, options: CallOptions): Promise<QueryResult> {
    const { pool, lender, session } = this.#reader;
    if (options.readsKept !== false) {
      return session.query(sql, options);
    }
    const apart = apartFromKept({ pool, lender, keptTables: this.#keptTables });
    try {
      return await ((await apart.sessionFor(sql, options)) ?? session).query(sql, options);
    } finally {
      await apart.end();
    }
  }

  /** As who owns ours sees them. */
  #keptTables = (options: CallOptions): Promise<readonly KeptTable[]> => {
    const { session } = this.#writer ?? this.#reader;
    return readKeptTables((sql) => session.query(sql, options));
  };

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
    return runInTransaction(work, { pool, lender, options, keptTables: this.#keptTables });
  }

  async readCatalog(options: CallOptions): Promise<readonly CatalogRelation[]> {
    const query = (sql: string, asked: CallOptions) => toldAnswer(this.query(sql, asked), asked);
    const look = { session: { query }, options, known: this.#known, now: Date.now() };
    const { relations, known } = await readSnowflakeCatalog(look);
    this.#known = known;
    return relations;
  }

  diagnose(needs: Needs, options: CallOptions): Promise<readonly Finding[]> {
    const { reader, writer } = this.#target;
    const writing = this.#writer;
    return diagnoseSnowflake(
      {
        reader: { ...reader, ask: (sql) => this.#reader.session.query(sql, options) },
        ...(writer === undefined || writing === undefined
          ? {}
          : { writer: { ...writer, ask: (sql: string) => writing.session.query(sql, options) } }),
      },
      { ...needs, now: () => Date.now() },
    );
  }

  readPrices(options: CallOptions): Promise<AccountPrices | NoAccountPrices> {
    const { role } = this.#target.reader;
    const ask = (sql: string) => toldAnswer(this.query(sql, options), options);
    return readSnowflakePrices({ role, ask });
  }

  readRefreshBills(
    versions: readonly RelationId[],
    { from, to, ...options }: CallOptions & { readonly from: EpochMs; readonly to: EpochMs },
  ): Promise<ReadonlyMap<RelationId, RefreshBill>> {
    const ask = (sql: string) => toldAnswer(this.query(sql, options), options);
    return readRefreshBills(versions, { from, to, ask });
  }

  stopStatements(relations: readonly RelationId[], options: CallOptions): Promise<number> {
    const { session } = this.#forWriting(options);
    return stopStatements(
      relations.map((relation) => this.wording.names.relation(relation)),
      {
        running: async () =>
          (await session.query(RUNNING_SQL, options)).rows.map(([id, text]) => ({
            id: cellText(id),
            text: cellText(text),
          })),
        cancel: async (id) => void (await session.query(cancelSql(id), options)),
        sleep: this.#target.sleep,
        signal: options.signal,
      },
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#reader.pool.close(), this.#writer?.pool.close()]);
  }

  #opened(
    { open, way, schema, creditsPerHour }: SnowflakeIdentity,
    { mayWrite }: { readonly mayWrite: boolean },
  ): Opened {
    const { name, connections, statementTimeoutMs } = this.#target;
    const pool = new SnowflakePool({ name, way, size: connections, open });
    const lender = {
      name,
      way,
      schema,
      creditsPerHour,
      statementTimeoutMs,
      check: (sql: string, options: CallOptions) => this.#check(sql, { options, mayWrite }),
    };
    const session = new SnowflakeSession({
      ...lender,
      borrow: (options) => pool.acquire(options),
      giveBack: (pooled, how) => pool.release(pooled, how),
    });
    return { pool, session, lender };
  }

  /** The reader's role may not write either; this says so without asking the account. */
  async #check(
    sql: string,
    { options, mayWrite }: { readonly options: CallOptions; readonly mayWrite: boolean },
  ): Promise<void> {
    const kind = statementKind(sql);
    if (!mayWrite && kind !== 'reads' && kind !== 'unknown') {
      throw new ConnectorError('CONNECTOR_READ_ONLY', this.name);
    }
    if (options.purpose === 'replay') {
      refuseUnsafe(sql, { name: this.name, ownFunctions: await this.#readOwnFunctions() });
    }
  }

  async #readOwnFunctions(): Promise<ReadonlySet<string>> {
    if (this.#ownFunctions === undefined) {
      const { rows } = await this.#reader.session.query(
        'select distinct lower(function_name) from information_schema.functions',
        { purpose: 'catalog' },
      );
      this.#ownFunctions = new Set(rows.map(([name]) => cellText(name)));
    }
    return this.#ownFunctions;
  }

  #forWriting({ purpose }: CallOptions): Opened {
    if (this.#writer === undefined) {
      const addition = `to ${purpose} needs warehouse.snowflake.writer`;
      throw new ConnectorError('CONNECTOR_READ_ONLY', this.name, { addition });
    }
    return this.#writer;
  }
}

function isTransient(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    (error.code === 'CONNECTOR_UNREACHABLE' || error.code === 'CONNECTOR_FULL')
  );
}
