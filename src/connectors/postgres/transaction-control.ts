import type pg from 'pg';
import { ConnectorError } from '../connector-error.ts';
import { type Deadline, lowestLimit, startDeadline } from './deadline.ts';
import type { PooledConnection } from './postgres-pool.ts';
import type { ConnectionLender } from './postgres-session.ts';

export interface ControlParts {
  readonly lender: Pick<
    ConnectionLender,
    'name' | 'statementTimeoutMs' | 'cancel' | 'abandon' | 'answerMs'
  >;
  /** What is said where the server never answers. */
  readonly unanswered: string;
  /** Less than a statement may take. Absent: as long. */
  readonly mostMs?: number;
}

/**
 * BEGIN, COMMIT and ROLLBACK. The server's own time limit does not hold for the end of a transaction, which may wait for a replica: ours
 * asks it to cancel. It then answers a COMMIT that only waited for the replica as carried out, since here it is, and rolls back one that had
 * still to check something.
 */
export async function control(
  connection: PooledConnection,
  sql: string,
  { lender, unanswered, mostMs }: ControlParts,
): Promise<pg.QueryResult> {
  const { name, statementTimeoutMs } = lender;
  const limit = lowestLimit({
    callMs: mostMs,
    ourMs: statementTimeoutMs,
    roleMs: connection.own.statementMs,
  });
  const deadline = startDeadline({
    name,
    limit,
    signal: undefined,
    cancel: () => lender.cancel(connection),
    abandon: () => lender.abandon(connection),
    answerMs: lender.answerMs,
  });
  return await guarded(() => connection.client.query(sql), { deadline, name, unanswered });
}

async function guarded(
  send: () => Promise<pg.QueryResult>,
  {
    deadline,
    name,
    unanswered,
  }: { readonly deadline: Deadline; readonly name: string; readonly unanswered: string },
): Promise<pg.QueryResult> {
  let told: unknown;
  try {
    return await deadline.guard(async () => {
      try {
        return await send();
      } catch (error) {
        told = error;
        throw error;
      }
    });
  } catch (error) {
    const isOurs = error instanceof ConnectorError && error.code === 'CONNECTOR_TIMEOUT';
    if (isOurs && !isAnswer(told)) {
      throw new ConnectorError('CONNECTOR_UNREACHABLE', name, {
        cause: told,
        sentence: `did not answer in time, and the connection was given up; ${unanswered}`,
      });
    }
    throw error;
  } finally {
    await deadline.dispose();
  }
}

/** The server's errors have a code of five characters; without one the connection ended. */
function isAnswer(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
}
