import type { CallOptions, Session, TransactionOptions } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { type Apart, type ApartParts, apartFromKept } from './apart-from-kept.ts';
import type { PooledConnection, SnowflakePool } from './snowflake-pool.ts';
import { type ConnectionLender, SnowflakeSession } from './snowflake-session.ts';
import { statementKind } from './statement-kind.ts';

export interface TransactionParts extends Pick<ApartParts, 'keptTables'> {
  readonly pool: SnowflakePool;
  readonly options: TransactionOptions;
  readonly lender: Omit<ConnectionLender, 'borrow' | 'giveBack'>;
}

/**
 * Runs `work` over one connection. A writing transaction keeps or undoes changes of rows; what Snowflake would commit on the way
 * (every CREATE, ALTER, DROP, GRANT) is refused, unless the caller lets each statement commit by itself. There is no snapshot over
 * statements: each reads what was committed before it.
 */
export async function runInTransaction<Result>(
  work: (session: Session) => Promise<Result>,
  { pool, options, lender, keptTables }: TransactionParts,
): Promise<Result> {
  options.signal?.throwIfAborted();
  const pooled = await pool.acquire(options);
  const control = new SnowflakeSession({
    ...lender,
    check: async () => undefined,
    borrow: async () => pooled,
    giveBack: () => undefined,
  });
  const { purpose } = options;
  const isOne = !options.readOnly && options.commits === undefined;
  const apart = apartFromKept({ pool, lender, keptTables });
  let usable = false;
  try {
    if (isOne) {
      await control.execute('begin transaction', { purpose });
    }
    const result = await work(sessionOver(pooled, { lender, options, apart }));
    options.signal?.throwIfAborted();
    if (isOne) {
      await control.execute('commit', { purpose });
    }
    usable = true;
    return result;
  } catch (error) {
    usable = !isOne || (await isUndone(control, purpose));
    throw error;
  } finally {
    await apart.end();
    await pool.release(pooled, { reusable: usable });
  }
}

/** A session that cannot even do this is ended; Snowflake rolls back what it had open. */
async function isUndone(control: Session, purpose: CallOptions['purpose']): Promise<boolean> {
  try {
    await control.execute('rollback', { purpose });
    return true;
  } catch {
    return false;
  }
}

/** One statement after the other; an open stream keeps the connection until it is read to its end or left. */
function sessionOver(
  pooled: PooledConnection,
  {
    lender,
    options,
    apart,
  }: Pick<TransactionParts, 'lender' | 'options'> & { readonly apart: Apart },
): Session {
  let last = Promise.resolve();
  let release: () => void = () => undefined;
  let streams = 0;

  const session = new SnowflakeSession({
    ...lender,
    async check(sql, call) {
      refuseWhatCannotBeUndone(sql, { ...options, name: lender.name });
      await lender.check(sql, call);
    },
    async borrow() {
      if (streams > 0) {
        throw new ConnectorError('CONNECTOR_BUSY', lender.name);
      }
      const before = last;
      const turn = Promise.withResolvers<void>();
      last = turn.promise;
      await before;
      release = turn.resolve;
      return pooled;
    },
    giveBack: () => release(),
  });
  async function sessionFor(sql: string, call: CallOptions): Promise<Session> {
    return call.readsKept === false ? ((await apart.sessionFor(sql, call)) ?? session) : session;
  }

  return {
    wording: session.wording,
    query: async (sql: string, call: CallOptions) => (await sessionFor(sql, call)).query(sql, call),
    execute: async (sql: string, call: CallOptions) =>
      (await sessionFor(sql, call)).execute(sql, call),
    async *stream(sql: string, call: CallOptions) {
      const chunks = session.stream(sql, call);
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

function refuseWhatCannotBeUndone(
  sql: string,
  { name, readOnly, commits }: TransactionOptions & { readonly name: string },
): void {
  const kind = statementKind(sql);
  if (kind === 'reads' || kind === 'unknown') {
    return;
  }
  if (readOnly) {
    throw new ConnectorError('CONNECTOR_READ_ONLY', name);
  }
  if (kind === 'other' && commits === undefined) {
    throw new ConnectorError('CONNECTOR_NOT_TRANSACTIONAL', name);
  }
}
