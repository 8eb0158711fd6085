import type { CallOptions } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { stateTold } from './classify-databricks-error.ts';
import type { Deadline } from './deadline.ts';
import { authorised, sendStatement } from './send-statement.ts';
import type { PooledSession, SessionPool } from './session-pool.ts';
import type { WarehouseStart } from './warehouse-start.ts';

export interface ReadyParts {
  readonly pool: SessionPool;
  readonly start: WarehouseStart;
  /** Most time any statement may take, in milliseconds. */
  readonly mostMs: number;
}

interface Asked {
  readonly options: CallOptions;
  readonly deadline: Deadline;
}

/**
 * A session that has its time limit, the first thing each of them takes. One that was just opened and takes nothing is one of a
 * warehouse that is starting.
 */
export async function readySession(parts: ReadyParts, asked: Asked): Promise<PooledSession> {
  const { pool, start } = parts;
  const { deadline, options } = asked;
  const wait = start.wait();
  for (;;) {
    let session: PooledSession | undefined;
    try {
      session = await pool.acquire(deadline.signal);
      await limit(session, { ...parts, ...asked });
      start.isUp();
      return session;
    } catch (error) {
      const isNew = session?.timeoutSeconds === undefined;
      if (session !== undefined) {
        pool.release(session, { reusable: false });
      }
      const told = translated(error, { pool, options });
      if (!(told instanceof ConnectorError) || stateTold(told) === undefined) {
        throw told;
      }
      if (isNew) {
        await deadline.guard(() => wait(told, deadline.signal));
      }
    }
  }
}

/** An abort keeps the caller's own reason. Where the warehouse forgot a session, those that lie idle are dropped, too. */
export function translated(
  error: unknown,
  { pool, options: { signal } }: Pick<ReadyParts, 'pool'> & Pick<Asked, 'options'>,
): unknown {
  if (signal?.aborted === true && error === signal.reason) {
    return error;
  }
  const told = pool.inOurWords(error);
  if (stateTold(told) === 'forgot the session') {
    pool.forgetIdle();
  }
  return told;
}

async function limit(
  session: PooledSession,
  { pool: { signIn }, mostMs, options, deadline }: ReadyParts & Asked,
): Promise<void> {
  const { purpose, timeoutMs } = options;
  const seconds = Math.max(1, Math.ceil(Math.min(timeoutMs ?? mostMs, mostMs) / 1000));
  if (session.timeoutSeconds === seconds) {
    return;
  }
  const text = `set statement_timeout = ${seconds}`;
  const setting = await sendStatement(session, { text, deadline, purpose, signIn });
  await deadline.guard(() => authorised(signIn, () => setting.finished()));
  setting.close().catch(ignoreSinceSessionEnds);
  session.timeoutSeconds = seconds;
}

function ignoreSinceSessionEnds(): void {
  // What is left open ends with its session.
}
