import type { Agent } from 'node:https';
import type { DBSQLClient } from '@databricks/sql';
import type { DatabricksAddress } from './session-pool.ts';
import type { SignIn } from './sign-in.ts';
import { trustingAgent } from './workspace-agent.ts';

/** The driver tries what is safe to try again by itself, this long and no longer. */
const DRIVER_RETRIES = {
  retryMaxAttempts: 4,
  retriesTimeout: 30_000,
  retryDelayMin: 200,
  retryDelayMax: 5_000,
};

/** No traffic but statements: no telemetry, no feature flags, no files from other hosts. */
export async function openClient(address: DatabricksAddress, signIn: SignIn): Promise<DBSQLClient> {
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
