import type { Session, TransactionOptions } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { classifyDuckdbError } from './classify-duckdb-error.ts';
import type { ConnectionPool, PooledConnection } from './connection-pool.ts';
import { type ConnectionLender, DuckdbSession } from './duckdb-session.ts';

/**
 * Runs `work` over one connection and one snapshot.
 *
 * DuckDB takes a database's snapshot when the transaction first touches it, not at BEGIN; so all attached databases are
 * touched at once. The connection is not used again: what the work set on it (search path, temporary tables) ends with it.
 */
export async function runInTransaction<Result>(
  work: (session: Session) => Promise<Result>,
  { pool, lender, options }: TransactionParts,
): Promise<Result> {
  options.signal?.throwIfAborted();
  const { name } = lender;
  const connection = await pool.acquire(options);
  try {
    const begin = options.readOnly ? 'begin transaction read only' : 'begin transaction';
    const touch = 'select 1 from duckdb_schemas() limit 1';
    await inOurWords(name, () => connection.duckdb.run(`${begin}; ${touch}`));
    const result = await work(sessionOver(connection, lender));
    options.signal?.throwIfAborted();
    await inOurWords(name, () => connection.duckdb.run('commit'));
    return result;
  } catch (error) {
    await rollBack(connection);
    throw error;
  } finally {
    pool.release(connection, { reusable: false });
  }
}

/** Faults of BEGIN and COMMIT; those of the work are translated already, or the caller's own. */
async function inOurWords<Result>(name: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw classifyDuckdbError(error, { connection: name, phase: 'statement' });
  }
}

interface TransactionParts {
  readonly pool: ConnectionPool;
  readonly lender: Omit<ConnectionLender, 'borrow' | 'giveBack'>;
  readonly options: TransactionOptions;
}

/** One statement after the other; an open stream keeps the connection until it is read to its end or left. */
function sessionOver(connection: PooledConnection, parts: TransactionParts['lender']): Session {
  let last = Promise.resolve();
  let release: () => void = () => undefined;
  let streams = 0;

  const session = new DuckdbSession({
    ...parts,
    async borrow(): Promise<PooledConnection> {
      if (streams > 0) {
        throw new ConnectorError('CONNECTOR_BUSY', parts.name);
      }
      const before = last;
      const turn = Promise.withResolvers<void>();
      last = turn.promise;
      await before;
      release = turn.resolve;
      return connection;
    },
    giveBack(): void {
      release();
    },
  });
  return {
    wording: session.wording,
    query: (sql, options) => session.query(sql, options),
    execute: (sql, options) => session.execute(sql, options),
    async *stream(sql, options) {
      const chunks = session.stream(sql, options);
      const first = await chunks.next();
      streams += 1;
      try {
        if (first.done !== true) {
          yield first.value;
          yield* chunks;
        }
      } finally {
        streams -= 1;
        await chunks.return(undefined);
      }
    },
  };
}

/** Best effort: closing the connection, which follows, rolls back too; the first error is the one to tell. */
async function rollBack(connection: PooledConnection): Promise<void> {
  await connection.duckdb.run('rollback').catch(ignoreSinceClosing);
}

function ignoreSinceClosing(): void {
  // A failed commit has rolled back already; an invalidated database takes no statement at all.
}
