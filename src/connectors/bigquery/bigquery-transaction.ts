import type { CallOptions, Session, TransactionOptions } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { BigquerySession, type BigquerySessionParts } from './bigquery-session.ts';

/**
 * Runs `work` in a multi-statement transaction: a session of the service, begun, and committed or rolled back. It reads one
 * snapshot and takes DML; statements that make, change or drop permanent objects are refused by the service itself.
 */
export async function runInTransaction<Result>(
  work: (session: Session) => Promise<Result>,
  {
    parts,
    options,
  }: { readonly parts: BigquerySessionParts; readonly options: TransactionOptions },
): Promise<Result> {
  options.signal?.throwIfAborted();
  const control = { ...parts, readOnly: false };
  const sessionId = await new BigquerySession(control).begin(ofOurs(options));
  const inside = { ...control, sessionId };
  const { readOnly } = options;
  const session = oneAfterTheOther(new BigquerySession({ ...inside, readOnly }), {
    name: parts.name,
    outside: new BigquerySession({ ...parts, readOnly }),
  });
  try {
    const result = await work(session);
    options.signal?.throwIfAborted();
    await end(inside, { how: options.readOnly ? 'rollback' : 'commit', options });
    return result;
  } catch (error) {
    await rollBack(inside, options);
    throw error;
  }
}

function end(
  parts: BigquerySessionParts,
  { how, options }: { readonly how: 'commit' | 'rollback'; readonly options: CallOptions },
): Promise<unknown> {
  const { purpose } = ofOurs(options);
  return new BigquerySession(parts).execute(`${how} transaction`, { purpose });
}

/** What begins and ends the transaction of a replay is no stranger's statement. */
function ofOurs(options: CallOptions): CallOptions {
  return options.purpose === 'replay' ? { ...options, purpose: 'verify' } : options;
}

async function rollBack(parts: BigquerySessionParts, options: CallOptions): Promise<void> {
  try {
    await end(parts, { how: 'rollback', options });
  } catch (error) {
    ignoreSinceServiceEndsIt(error);
  }
}

function ignoreSinceServiceEndsIt(_error: unknown): void {
  // A transaction that is over, or whose session is gone, was rolled back by the service.
}

/**
 * Statements outside transactions. Within one the service reads a materialized view as a mere view and rewrites nothing onto it, so a
 * statement that no materialized view may answer runs in a transaction of its own.
 */
export function outsideTransactions(parts: BigquerySessionParts): Session {
  const session = new BigquerySession(parts);
  const apart = <Result>(options: CallOptions, work: (inside: Session) => Promise<Result>) =>
    options.readsKept === false
      ? runInTransaction(work, { parts, options: { ...options, readOnly: true } })
      : work(session);
  return {
    wording: session.wording,
    query: (sql, options) => apart(options, (each) => each.query(sql, options)),
    execute: (sql, options) => apart(options, (each) => each.execute(sql, options)),
    stream: (sql, options) => session.stream(sql, options),
    rowPolicies: (relation, options) => session.rowPolicies(relation, options),
    lentTo: (relation, options) => session.lentTo(relation, options),
  };
}

/**
 * The service takes one statement of a session at a time; an open stream keeps it until it is read to its end or left. What is to be
 * read as the service keeps it is read outside.
 */
function oneAfterTheOther(
  session: BigquerySession,
  { name, outside }: { readonly name: string; readonly outside: BigquerySession },
): Session {
  let last: Promise<unknown> = Promise.resolve();
  let streams = 0;

  const within = ({ readsKept }: CallOptions) => (readsKept === true ? outside : session);

  function next<Result>(work: () => Promise<Result>): Promise<Result> {
    if (streams > 0) {
      return Promise.reject(new ConnectorError('CONNECTOR_BUSY', name));
    }
    const result = last.then(work, work);
    last = result.catch(ignoreSinceCallerIsTold);
    return result;
  }
  return {
    wording: session.wording,
    query: (sql, options) => next(() => within(options).query(sql, options)),
    execute: (sql, options) => next(() => within(options).execute(sql, options)),
    async *stream(sql, options) {
      await next(async () => undefined);
      streams += 1;
      try {
        yield* session.stream(sql, options);
      } finally {
        streams -= 1;
      }
    },
  };
}

function ignoreSinceCallerIsTold(_error: unknown): void {
  // Whoever asked for the statement is told; the next one only waits for its turn.
}
