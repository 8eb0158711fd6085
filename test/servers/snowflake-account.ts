import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connector } from '../../src/connectors/connector.ts';
import { openConfiguredSnowflake } from '../../src/connectors/snowflake/open-configured.ts';
import {
  type SnowflakeSettings,
  snowflakeSettings,
} from '../../src/connectors/snowflake/settings.ts';
import { type SnowflakeServer, startSnowflake } from './snowflake.ts';

export interface SnowflakeAccount {
  readonly server: SnowflakeServer;
  /** As a customer's configuration would have them, for this server. */
  settings(changes?: object): SnowflakeSettings;
  open(changes?: object): Promise<Connector>;
  /** A file that holds this secret. */
  secret(text: string): string;
}

/** An account with a reader and a writer, who sign in with key pairs. */
export async function snowflakeAccount(): Promise<SnowflakeAccount> {
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-snowflake-'));
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  let secrets = 0;
  const secret = (text: string) => {
    secrets += 1;
    const path = join(folder, `secret-${secrets}`);
    writeFileSync(path, text);
    return path;
  };
  const privateKeyFile = secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const server = await startSnowflake({
    users: [
      {
        user: 'GOLDSMITH_READS',
        role: 'GOLDSMITH_READER',
        readOnly: true,
        publicKey: pem,
        tokens: ['a-programmatic-token', 'from-client-credentials', 'an-oauth-token'],
      },
      { user: 'GOLDSMITH_WRITES', role: 'GOLDSMITH_WRITER', readOnly: false, publicKey: pem },
    ],
  });
  const signIn = (user: string) => ({ method: 'key-pair', user, privateKeyFile });
  const settings = (changes: object = {}) =>
    snowflakeSettings.parse({
      account: 'test',
      url: server.url,
      database: 'SHOP',
      reader: {
        role: 'GOLDSMITH_READER',
        warehouse: 'GOLDSMITH_WH',
        signIn: signIn('GOLDSMITH_READS'),
      },
      writer: {
        role: 'GOLDSMITH_WRITER',
        warehouse: 'GOLDSMITH_WH',
        signIn: signIn('GOLDSMITH_WRITES'),
      },
      ...changes,
    });
  return {
    server,
    settings,
    secret,
    open: (changes) =>
      openConfiguredSnowflake({
        name: 'test',
        connections: 4,
        settings: settings(changes),
        readOnly: false,
      }),
  };
}
