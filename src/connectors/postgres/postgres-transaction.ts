import type { CallOptions, Session, TransactionOptions } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { Places } from '../places.ts';
import { onTheWayIn } from '../way-in.ts';
import { classifyPostgresError } from './classify-postgres-error.ts';
import type { PooledConnection, PostgresPool } from './postgres-pool.ts';
import { type Borrowed, type ConnectionLender, PostgresSession } from './postgres-session.ts';
import { control } from './transaction-control.ts';

export interface TransactionParts {
  readonly pool: PostgresPool;
  readonly options: TransactionOptions;
  readonly lender: Omit<ConnectionLender, 'borrow' | 'giveBack'>;
}

/** A transaction that is left in its middle is ended by the server, sooner where the role is given less. */
const IDLE_IN_TRANSACTION_MS = 15 * 60_000;

/** What leaves nothing behind is a moment's work. */
const CLEAN_MS = 30_000;

/**
 * Runs `work` over one connection and one snapshot, which is taken at once: the server would take it with the first statement.
 * Two writers of one row: the second is refused instead of writing over what it did not see.
 */
export async function runInTransaction<Result>(
  work: (session: Session) => Promise<Result>,
  { pool, options, lender }: TransactionParts,
): Promise<Result> {
  options.signal?.throwIfAborted();
  const connection = await pool.acquire(options);
  const { own } = connection;
  const idleMs = Math.min(
    own.idleInTransactionMs || IDLE_IN_TRANSACTION_MS,
    IDLE_IN_TRANSACTION_MS,
  );
  let usable = false;
  try {
    const access = options.readOnly ? 'read only' : 'read write';
    await inOurWords(lender, () =>
      control(
        connection,
        `begin transaction isolation level repeatable read, ${access}; set local idle_in_transaction_session_timeout = ${idleMs}; select 1`,
        { lender, unanswered: 'nothing was begun' },
      ),
    );
    connection.statementTimeoutMs = undefined;
    const result = await work(sessionOver(connection, lender));
    options.signal?.throwIfAborted();
    await inOurWords(lender, () => commit(connection, lender));
    usable = await isClean(connection, { sql: 'discard all', lender });
    return result;
  } catch (error) {
    usable =
      (await isClean(connection, { sql: 'rollback', lender })) &&
      (await isClean(connection, { sql: 'discard all', lender }));
    throw error;
  } finally {
    connection.statementTimeoutMs = own.statementMs;
    pool.release(connection, { reusable: usable });
  }
}

/** The server answers the COMMIT of a transaction in which a statement failed with a quiet ROLLBACK. */
async function commit(
  connection: PooledConnection,
  lender: TransactionParts['lender'],
): Promise<void> {
  const { command } = await control(connection, 'commit', {
    lender,
    unanswered: 'whether it was carried out is not known until the server answers again',
  });
  if (command !== 'COMMIT') {
    throw new ConnectorError('CONNECTOR_ABORTED', lender.name, {
      addition: 'nothing of it was kept',
    });
  }
}

/** Faults of BEGIN and COMMIT; those of the work are translated already, or the caller's own. */
async function inOurWords(
  { name, way }: TransactionParts['lender'],
  step: () => Promise<unknown>,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    const isSaid = error instanceof ConnectorError;
    throw isSaid ? error : onTheWayIn(classifyPostgresError(error, name), way);
  }
}

/** One statement after the other, each with all its time once its turn has come; an open stream keeps the connection until it is read to its end or left. */
function sessionOver(connection: PooledConnection, parts: TransactionParts['lender']): Session {
  const places = new Places({ name: parts.name, size: 1 });
  let streams = 0;

  const session = new PostgresSession({
    ...parts,
    async borrow({ signal }): Promise<Borrowed> {
      if (streams > 0) {
        throw new ConnectorError('CONNECTOR_BUSY', parts.name);
      }
      await places.take({ signal });
      return { connection, waitedMs: 0 };
    },
    giveBack(): void {
      places.give();
    },
  });
  return {
    wording: session.wording,
    query: (sql: string, options: CallOptions) => session.query(sql, options),
    execute: (sql: string, options: CallOptions) => session.execute(sql, options),
    async *stream(sql: string, options: CallOptions) {
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

/** A connection that cannot even do this is broken and not used again; the server rolls back when it goes. */
async function isClean(
  connection: PooledConnection,
  { sql, lender }: { readonly sql: string; readonly lender: TransactionParts['lender'] },
): Promise<boolean> {
  try {
    await control(connection, sql, {
      lender,
      unanswered: 'it is not used again',
      mostMs: CLEAN_MS,
    });
    return true;
  } catch {
    return false;
  }
}
