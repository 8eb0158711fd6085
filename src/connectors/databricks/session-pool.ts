import type { Agent } from 'node:https';
import type { DBSQLClient } from '@databricks/sql';
import { retry } from '../../base/retry.ts';
import { ConnectorError } from '../connector-error.ts';
import { onTheWayIn, type WayIn } from '../way-in.ts';
import { classifyDatabricksError, isUnauthorised } from './classify-databricks-error.ts';
import { SignIn, type SignInParts } from './sign-in.ts';
import { trustingAgent } from './workspace-agent.ts';

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
}

type WireSession = Awaited<ReturnType<DBSQLClient['openSession']>>;

/** A session of the warehouse, which carries one statement at a time. */
export interface PooledSession {
  readonly wire: WireSession;
  /** The warehouse's time limit this session has now, in seconds. */
  timeoutSeconds: number | undefined;
}

const ATTEMPTS = 4;
const FIRST_DELAY_MS = 250;

/** The driver tries what is safe to try again by itself, this long and no longer. */
const DRIVER_RETRIES = {
  retryMaxAttempts: 4,
  retriesTimeout: 30_000,
  retryDelayMin: 200,
  retryDelayMax: 5_000,
};

/** Sessions of one identity; at most `size` carry a statement, further callers wait their turn. */
export class SessionPool {
  readonly signIn: SignIn;
  readonly #parts: SessionPoolParts;
  readonly #idle: PooledSession[] = [];
  readonly #waiting: (() => void)[] = [];
  #client: Promise<DBSQLClient> | undefined;
  #inUse = 0;
  #closing: PromiseWithResolvers<void> | undefined;

  constructor(parts: SessionPoolParts) {
    const { name, address } = parts;
    this.#parts = parts;
    this.signIn = new SignIn({ ...address, name });
  }

  async acquire(signal?: AbortSignal): Promise<PooledSession> {
    this.#refuseWhenClosed();
    while (this.#inUse >= this.#parts.size) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      this.#refuseWhenClosed();
    }
    this.#inUse += 1;
    try {
      signal?.throwIfAborted();
      return this.#idle.pop() ?? (await this.#open(signal));
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** A session whose statement was left in the middle is closed, not used again. */
  release(session: PooledSession, { reusable }: { readonly reusable: boolean }): void {
    if (reusable && this.#closing === undefined) {
      this.#idle.push(session);
    } else {
      session.wire.close().catch(ignoreSinceItExpires);
    }
    this.#leave();
  }

  /** Waits for the statements in flight, refuses new ones. */
  async close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers<void>();
      if (this.#inUse === 0) {
        this.#closing.resolve();
      }
    }
    await this.#closing.promise;
    await Promise.all(
      this.#idle.splice(0).map(({ wire }) => wire.close().catch(ignoreSinceItExpires)),
    );
    const client = await this.#client?.catch(ignoreSinceItExpires);
    await client?.close().catch(ignoreSinceItExpires);
  }

  /** The driver's error in our words, with the host, the identity and their settings where it is one of the way in. */
  inOurWords(error: unknown): Error {
    const { name, address, identity } = this.#parts;
    return onTheWayIn(classifyDatabricksError(error, name), wayIn(address, identity));
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) {
      throw new ConnectorError('CONNECTOR_CLOSED', this.#parts.name);
    }
  }

  #leave(): void {
    this.#inUse -= 1;
    this.#waiting.shift()?.();
    if (this.#inUse === 0) {
      this.#closing?.resolve();
    }
  }

  /** The driver asks for a session once; a warehouse that is busy or just starting may answer the next time. */
  #open(signal: AbortSignal | undefined): Promise<PooledSession> {
    const { address, sleep } = this.#parts;
    return retry(
      async () => {
        this.#client ??= connect(this.#parts, this.signIn);
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
        isRetryable: (error) => error instanceof ConnectorError && error.retryable,
        signal,
      },
    );
  }
}

const HTTPS_PORT = 443;

function wayIn(
  { workspace: { host, port }, credentials }: DatabricksAddress,
  identity: WayIn['identity'],
): WayIn {
  const under = `warehouse.databricks.${identity}`;
  const secrets = {
    token: `${under}.token or tokenFile`,
    oauth: `${under}.clientSecret or clientSecretFile`,
    federation: `${under}.subjectTokenFile`,
  };
  return {
    identity,
    user: credentials.kind === 'token' ? undefined : credentials.clientId,
    at: port === HTTPS_PORT ? host : `${host}:${port}`,
    addressIn: 'warehouse.databricks.host, and HTTPS_PROXY where a proxy stands between',
    secretIn: secrets[credentials.kind],
  };
}

/** No traffic but statements: no telemetry, no feature flags, no files from other hosts. */
async function connect({ address }: SessionPoolParts, signIn: SignIn): Promise<DBSQLClient> {
  // The driver takes a while to load: the token comes meanwhile.
  signIn.token().catch(ignoreSinceItIsAskedAgain);
  const { DBSQLClient } = await import('@databricks/sql');
  const { host, port, timeoutMs } = address.workspace;
  const agent = address.workspace.agent ?? trustingAgent(address.workspace);
  const client = new DBSQLClient({ logger: { log: ignoreSinceErrorsAreThrown } });
  // Times and decimals come as text then, with all their digits.
  client.getConfig().useArrowNativeTypes = false;
  if (agent !== undefined) {
    goBy(agent, client);
  }
  await client.connect({
    host,
    port,
    path: address.httpPath,
    authType: 'custom',
    provider: {
      authenticate: async () => ({ Authorization: `Bearer ${await signIn.token()}` }),
    },
    preserveBigNumericPrecision: true,
    telemetryEnabled: false,
    socketTimeout: timeoutMs,
    userAgentEntry: 'goldsmith',
    ...DRIVER_RETRIES,
  });
  return client;
}

/** The driver's own setting for a proxy forgets the authorities to trust, and whom to leave out. */
function goBy(agent: Agent, client: DBSQLClient): void {
  const providerOf = client.getConnectionProvider.bind(client);
  client.getConnectionProvider = async () => {
    const provider = await providerOf();
    provider.getAgent = async () => agent;
    return provider;
  };
}

function ignoreSinceErrorsAreThrown(): void {
  // The driver would print to the console; what fails is thrown, too, and logged where it is handled.
}

function ignoreSinceItIsAskedAgain(): void {
  // Whoever sends the first request asks for the token, too, and is told why there is none.
}

function ignoreSinceItExpires(): undefined {
  // The warehouse ends sessions nobody uses.
}
