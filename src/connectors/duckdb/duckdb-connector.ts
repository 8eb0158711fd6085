import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { HOUR_MS } from '../../base/clock.ts';
import type {
  CallOptions,
  Capabilities,
  CatalogRelation,
  Cell,
  Connector,
  QueryResult,
  Session,
  StatementCost,
  TransactionOptions,
} from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { classifyDuckdbError } from './classify-duckdb-error.ts';
import { ConnectionPool } from './connection-pool.ts';
import { type ConnectionLender, DuckdbSession } from './duckdb-session.ts';
import { runInTransaction } from './duckdb-transaction.ts';
import { duckdbWording } from './duckdb-wording.ts';
import { makeProfileFolder, type ProfileFolder } from './profile.ts';
import { readDuckdbCatalog } from './read-duckdb-catalog.ts';
import { ReplayGuard } from './replay-guard.ts';

/** Embedded: the application's own instance, which stays the application's to close. */
export interface EmbeddedDuckdb {
  readonly name: string;
  readonly instance: DuckDBInstance;
  /** Statements in flight at most; default 8. */
  readonly connections?: number;
  /** Most time a statement may take where its call has no less; default an hour. */
  readonly statementTimeoutMs?: number;
}

/** Standalone: Goldsmith opens the file and owns it until `close`. */
export interface StandaloneDuckdb {
  readonly name: string;
  /** A file, or `:memory:`. */
  readonly path: string;
  /** As DuckDB writes it: `1GiB`, `500MB`. */
  readonly memoryLimit: string;
  readonly threads: number;
  readonly readOnly?: boolean;
  /**
   * Lets statements read and write files beside the database (views over Parquet need it). Off by default; instance-wide,
   * which is why it cannot be offered for an embedded instance.
   */
  readonly externalAccess?: boolean;
  readonly connections?: number;
  readonly statementTimeoutMs?: number;
}

/** Files this process holds: DuckDB does not notice a second instance on one file within a process. */
const heldFiles = new Set<string>();

/**
 * Opens a DuckDB warehouse.
 *
 * Raises `CONNECTOR_LOCKED` when another process (or this one) holds the file, `CONNECTOR_UNREACHABLE` when it cannot
 * be opened, `CONNECTOR_DAMAGED` when it is no database.
 */
export async function openDuckdb(target: EmbeddedDuckdb | StandaloneDuckdb): Promise<Connector> {
  if ('instance' in target) {
    const profiles = makeProfileFolder();
    return new DuckdbConnector({ ...target, profiles, readOnly: false, onClose: () => undefined });
  }
  const file = target.path === ':memory:' ? undefined : canonicalPath(target.path);
  if (file !== undefined && heldFiles.has(file)) {
    const addition = `file "${target.path}" is already open in this process`;
    throw new ConnectorError('CONNECTOR_LOCKED', target.name, { addition });
  }
  const profiles = makeProfileFolder();
  const instance = await openInstance(target, profiles);
  if (file !== undefined) {
    heldFiles.add(file);
  }
  function onClose(): void {
    instance.closeSync();
    if (file !== undefined) {
      heldFiles.delete(file);
    }
  }
  return new DuckdbConnector({
    ...target,
    instance,
    profiles,
    readOnly: target.readOnly ?? false,
    onClose,
  });
}

async function openInstance(
  target: StandaloneDuckdb,
  profiles: ProfileFolder,
): Promise<DuckDBInstance> {
  try {
    const instance = await DuckDBInstance.create(target.path, {
      memory_limit: target.memoryLimit,
      threads: String(target.threads),
      access_mode: target.readOnly === true ? 'READ_ONLY' : 'READ_WRITE',
      autoinstall_known_extensions: 'false',
      duckdb_api: 'goldsmith',
    });
    if (target.externalAccess !== true) {
      await refuseExternalAccess(instance, profiles);
    }
    return instance;
  } catch (error) {
    profiles.remove();
    throw classifyDuckdbError(error, { connection: target.name, phase: 'open' });
  }
}

/** Instance-wide, and cannot be taken back while it is open; only our own profiles may still be written. */
async function refuseExternalAccess(
  instance: DuckDBInstance,
  { path }: ProfileFolder,
): Promise<void> {
  const connection = await instance.connect();
  await connection.run(`set allowed_directories = ['${path.replaceAll("'", "''")}']`);
  await connection.run('set enable_external_access = false');
  connection.closeSync();
}

interface DuckdbConnectorParts extends EmbeddedDuckdb {
  readonly profiles: ProfileFolder;
  readonly readOnly: boolean;
  readonly onClose: () => void;
}

class DuckdbConnector implements Connector {
  readonly name: string;
  readonly dialect = 'duckdb';
  readonly wording = duckdbWording;
  readonly capabilities: Capabilities;
  readonly #pool: ConnectionPool;
  readonly #lender: Omit<ConnectionLender, 'borrow' | 'giveBack'>;
  readonly #session: DuckdbSession;
  readonly #onClose: () => void;
  #closed: Promise<void> | undefined;

  constructor(parts: DuckdbConnectorParts) {
    const { name, instance, connections = 8, statementTimeoutMs = HOUR_MS } = parts;
    const { profiles, readOnly, onClose } = parts;
    const pool = new ConnectionPool({ instance, name, profiles, size: connections });
    this.name = name;
    this.capabilities = {
      canWrite: !readOnly,
      transactionalDdl: true,
      replaceViewChangesColumns: true,
      foldsNowInViews: true,
      inProcess: true,
      oneStatementOneSnapshot: true,
      enforcesKeys: true,
      // Measured: 7,000 bit-packed HUGEINTs take 10 ms to read, uncompressed ones 0.5 ms.
      wideIntegerOption: 'using compression uncompressed',
      placeColumn: 'rowid',
      hasGrants: false,
      billing: 'cpu',
    };
    this.#pool = pool;
    this.#lender = { name, replayGuard: new ReplayGuard(name), statementTimeoutMs };
    this.#session = new DuckdbSession({
      ...this.#lender,
      borrow: (options) => pool.acquire(options),
      giveBack: (connection, how) => pool.release(connection, how),
    });
    this.#onClose = onClose;
  }

  query(sql: string, options: CallOptions): Promise<QueryResult> {
    return this.#session.query(sql, options);
  }

  stream(sql: string, options: CallOptions): AsyncIterable<readonly (readonly Cell[])[]> {
    return this.#session.stream(sql, options);
  }

  execute(sql: string, options: CallOptions): Promise<StatementCost> {
    return this.#session.execute(sql, options);
  }

  transaction<Result>(
    work: (session: Session) => Promise<Result>,
    options: TransactionOptions,
  ): Promise<Result> {
    return runInTransaction(work, { pool: this.#pool, lender: this.#lender, options });
  }

  readCatalog(options: CallOptions): Promise<readonly CatalogRelation[]> {
    return this.transaction((session) => readDuckdbCatalog(session, options), {
      ...options,
      readOnly: true,
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#pool.close().then(this.#onClose);
    return this.#closed;
  }
}

/** The same file under any spelling; a file that does not exist yet by its folder. */
function canonicalPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(canonicalFolder(dirname(path)), basename(path));
  }
}

function canonicalFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
