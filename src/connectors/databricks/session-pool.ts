import type { DBSQLClient } from '@databricks/sql';
import { retry } from '../../base/retry.ts';
import { ConnectorError } from '../connector-error.ts';
import { onTheWayIn, type WayIn } from '../way-in.ts';
import { classifyDatabricksError, isUnauthorised, stateTold } from './classify-databricks-error.ts';
import { openClient } from './open-client.ts';
import { SignIn, type SignInParts } from './sign-in.ts';
import { hasWaited } from './warehouse-start.ts';
import { wayTo } from './way-to.ts';

/** How one identity reaches the warehouse. */
export interface DatabricksAddress extends Pick<SignInParts, 'credentials' | 'workspace'> {
  readonly httpPath: string;
  readonly catalog: string;
  /** Where bare names are looked up. */
  readonly schema: string;
}

export interface SessionPoolParts {
  /** For error messages. */
  readonly name: string;
  readonly address: DatabricksAddress;
  /** Whose sessions these are, for the words of what stops on their way. */
  readonly identity: WayIn['identity'];
  readonly size: number;
  /** Before a session is asked for again. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** How long a session that nobody uses is kept, in milliseconds; default a minute. */
  readonly idleMs?: number | undefined;
}

type WireSession = Awaited<ReturnType<DBSQLClient['openSession']>>;

/** A session of the warehouse, which carries one statement at a time. */
export interface PooledSession {
  readonly wire: WireSession;
  /** The warehouse's time limit this session has now, in seconds; absent until it took its first statement. */
  timeoutSeconds: number | undefined;
}

const ATTEMPTS = 4;
const FIRST_DELAY_MS = 250;
/** An open session keeps its warehouse from stopping, and costs about a tenth of a second to open again. */
const IDLE_MS = 60_000;

/** Sessions of one identity; at most `size` carry a statement, further callers wait their turn. */
export class SessionPool {
  readonly signIn: SignIn;
  readonly #parts: SessionPoolParts;
  #idle: { readonly session: PooledSession; readonly timer: NodeJS.Timeout }[] = [];
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  #client: Promise<DBSQLClient> | undefined;
  #inUse = 0;
  #closing: PromiseWithResolvers<void> | undefined;

  constructor(parts: SessionPoolParts) {
    const { name, address } = parts;
    this.#parts = parts;
    this.signIn = new SignIn({ ...address, name });
  }

  /** Rejects with the signal's reason as soon as it is given up, also while it waits for its turn or for the warehouse. */
  async acquire(signal: AbortSignal): Promise<PooledSession> {
    this.#refuseWhenClosed();
    signal.throwIfAborted();
    while (this.#inUse >= this.#parts.size) {
      await this.#turn(signal);
    }
    this.#inUse += 1;
    try {
      signal.throwIfAborted();
      return this.#takeIdle() ?? (await this.#openUntil(signal));
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** A session whose statement was left in the middle is closed, not used again. */
  release(session: PooledSession, { reusable }: { readonly reusable: boolean }): void {
    if (reusable) {
      this.#keep(session);
    } else {
      void end(session);
    }
    this.#leave();
  }

  /** The warehouse forgot one of them, so it was stopped meanwhile: none of the others is worth a try. */
  forgetIdle(): void {
    for (const { session, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      void end(session);
    }
  }

  /** Waits for the statements in flight, refuses new ones. */
  async close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers<void>();
      for (const turn of this.#waiting.splice(0)) {
        turn.reject(this.#closed());
      }
      if (this.#inUse === 0) {
        this.#closing.resolve();
      }
    }
    await this.#closing.promise;
    const idle = this.#idle.splice(0);
    await Promise.all(
      idle.map(async ({ session, timer }) => {
        clearTimeout(timer);
        await end(session);
      }),
    );
    const client = await this.#client?.catch(ignoreSinceItExpires);
    await client?.close().catch(ignoreSinceItExpires);
  }

  /** The driver's error in our words, with the host, the identity and their settings where it is one of the way in. */
  inOurWords(error: unknown): Error {
    const { name, address, identity } = this.#parts;
    if (hasWaited(error)) {
      return error;
    }
    return onTheWayIn(classifyDatabricksError(error, name), wayTo(address, identity));
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) {
      throw this.#closed();
    }
  }

  #closed(): ConnectorError {
    return new ConnectorError('CONNECTOR_CLOSED', this.#parts.name);
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>();
    const giveUp = () => {
      const at = this.#waiting.indexOf(turn);
      if (at >= 0) {
        this.#waiting.splice(at, 1);
        turn.reject(signal.reason);
      }
    };
    this.#waiting.push(turn);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #leave(): void {
    this.#inUse -= 1;
    this.#waiting.shift()?.resolve();
    if (this.#inUse === 0) {
      this.#closing?.resolve();
    }
  }

  #takeIdle(): PooledSession | undefined {
    const idle = this.#idle.pop();
    clearTimeout(idle?.timer);
    return idle?.session;
  }

  #keep(session: PooledSession): void {
    if (this.#closing !== undefined) {
      void end(session);
      return;
    }
    const timer = setTimeout(() => {
      this.#idle = this.#idle.filter((idle) => idle.timer !== timer);
      void end(session);
    }, this.#parts.idleMs ?? IDLE_MS);
    timer.unref();
    this.#idle.push({ session, timer });
  }

  /** Whoever gives up need not wait; the session goes to the next one when it comes. */
  async #openUntil(signal: AbortSignal): Promise<PooledSession> {
    const opening = this.#open(signal);
    const { promise, resolve, reject } = Promise.withResolvers<PooledSession>();
    const giveUp = () => {
      reject(signal.reason);
      opening.then((session) => this.#keep(session), ignoreSinceItExpires);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    opening.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
    return promise;
  }

  /** The driver asks for a session once; a warehouse that is busy may answer the next time. One that starts is waited for by who asks. */
  #open(signal: AbortSignal): Promise<PooledSession> {
    const { address, sleep } = this.#parts;
    return retry(
      async () => {
        this.#client ??= openClient(address, this.signIn);
        try {
          const wire = await (await this.#client).openSession({
            initialCatalog: address.catalog,
            initialSchema: address.schema,
            configuration: { TIMEZONE: 'UTC', ANSI_MODE: 'true' },
          });
          return { wire, timeoutSeconds: undefined };
        } catch (error) {
          if (isUnauthorised(error)) {
            this.signIn.forget();
          }
          throw this.inOurWords(error);
        }
      },
      {
        clock: { sleep },
        attempts: ATTEMPTS,
        firstDelayMs: FIRST_DELAY_MS,
        isRetryable: (error) =>
          error instanceof ConnectorError && error.retryable && stateTold(error) !== 'starting',
        signal,
      },
    );
  }
}

/** Twice at most: the driver ends a session's statements first, and fails where one of them is just being ended. */
async function end({ wire }: PooledSession): Promise<void> {
  await wire
    .close()
    .catch(() => wire.close())
    .catch(ignoreSinceItExpires);
}

function ignoreSinceItExpires(): undefined {
  // The warehouse ends sessions nobody uses.
}
