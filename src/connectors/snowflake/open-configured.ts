import { setTimeout } from 'node:timers/promises';
import type { Connection, ConnectionOptions } from 'snowflake-sdk';
import type { Connector } from '../connector.ts';
import type { WayIn } from '../way-in.ts';
import { loadDriver } from './load-driver.ts';
import type { SnowflakeSettings, SnowflakeSignIn } from './settings.ts';
import { signInOptions } from './sign-in.ts';
import { openSnowflake, type SnowflakeIdentity } from './snowflake-connector.ts';

export interface ConfiguredSnowflake {
  readonly name: string;
  readonly connections: number;
  readonly settings: SnowflakeSettings;
  /** The writer is left out: nothing that writes can be sent. */
  readonly readOnly: boolean;
}

/**
 * Opens the account the settings describe.
 *
 * Raises `WAREHOUSE_DRIVER_MISSING`, `WAREHOUSE_FILE_MISSING` and `WAREHOUSE_KEY_UNREADABLE` for secrets, and what
 * `openSnowflake` raises.
 */
export function openConfiguredSnowflake({
  name,
  connections,
  settings,
  readOnly,
}: ConfiguredSnowflake): Promise<Connector> {
  const { reader, writer } = settings;
  const identityOf = (identity: Identity, who: WayIn['identity']): SnowflakeIdentity => ({
    database: settings.database,
    schema: settings.schema,
    user: identity.signIn.user,
    role: identity.role,
    warehouse: identity.warehouse,
    creditsPerHour: identity.creditsPerHour,
    way: wayIn(identity, { who, settings }),
    open: () => connect(identity, { name, settings }),
  });
  return openSnowflake({
    name,
    connections,
    reader: identityOf(reader, 'reader'),
    writer: writer === undefined || readOnly ? undefined : identityOf(writer, 'writer'),
    statementTimeoutMs: settings.statementTimeout,
    sleep: async (ms, signal) => {
      await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
    },
  });
}

type Identity = SnowflakeSettings['reader'];

function wayIn(
  { signIn }: Identity,
  { who, settings }: { readonly who: WayIn['identity']; readonly settings: SnowflakeSettings },
): WayIn {
  const { account, url } = settings;
  return {
    identity: who,
    user: signIn.user,
    at: url === undefined ? `${account}.snowflakecomputing.com` : new URL(url).host,
    addressIn: `warehouse.snowflake.${url === undefined ? 'account' : 'url'}`,
    secretIn: `warehouse.snowflake.${who}.signIn.${SECRETS[signIn.method]}`,
    signsTime: signIn.method === 'key-pair',
  };
}

const SECRETS: Readonly<Record<SnowflakeSignIn['method'], string>> = {
  'key-pair': 'privateKeyFile',
  'oauth-client-credentials': 'clientSecretFile',
  token: 'tokenFile',
  'oauth-token': 'tokenFile',
  'workload-identity': 'provider',
};

/** Rows the driver makes ahead of the reader; known to it, and not to its types. */
const AHEAD = { rowStreamHighWaterMark: 500 };

/**
 * Signs in over the driver. Whole numbers come as big integers inside it (and as texts to us): read as doubles it would tell
 * the vendor of each loss of precision.
 */
async function connect(
  { role, warehouse, signIn }: Identity,
  { name, settings }: { readonly name: string; readonly settings: SnowflakeSettings },
): Promise<Connection> {
  const { account, url, database, schema } = settings;
  const driver = await loadDriver(name);
  const options: ConnectionOptions = {
    ...(await signInOptions(signIn, name)),
    account,
    ...(url === undefined ? {} : { accessUrl: url }),
    application: 'goldsmith',
    database,
    schema,
    role,
    warehouse,
    clientSessionKeepAlive: false,
    clientStoreTemporaryCredential: false,
    jsTreatIntegerAsBigInt: true,
    representNullAsStringNull: false,
    sfRetryMaxLoginRetries: 2,
    resultPrefetch: 2,
  };
  const connection = driver.createConnection({ ...options, ...AHEAD });
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve(connection)));
  });
}
