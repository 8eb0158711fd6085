import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'snowflake-sdk';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { SnowflakeSignIn } from './settings.ts';

/**
 * What the driver is told to sign in with. Secrets are read anew each time, so that a changed one is taken up.
 *
 * Raises `WAREHOUSE_FILE_MISSING` where a secret's file cannot be read, `WAREHOUSE_KEY_UNREADABLE` for a key that is none.
 */
export async function signInOptions(
  signIn: SnowflakeSignIn,
  name: string,
): Promise<ConnectionOptions> {
  const { user: username } = signIn;
  switch (signIn.method) {
    case 'key-pair': {
      const pem = await secretIn(signIn.privateKeyFile, name);
      const privateKey = opened(pem, { passphrase: signIn.passphrase, name });
      return { authenticator: 'SNOWFLAKE_JWT', username, privateKey };
    }
    case 'oauth-client-credentials':
      return {
        authenticator: 'OAUTH_CLIENT_CREDENTIALS',
        username,
        oauthClientId: signIn.clientId,
        oauthClientSecret: await secretIn(signIn.clientSecretFile, name),
        oauthTokenRequestUrl: signIn.tokenUrl,
        ...(isBesideUs(signIn.tokenUrl) ? { oauthHttpAllowed: true } : {}),
        ...(signIn.scope === undefined ? {} : { oauthScope: signIn.scope }),
      };
    case 'token': {
      const token = await secretIn(signIn.tokenFile, name);
      return { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', username, token };
    }
    case 'oauth-token': {
      const token = await secretIn(signIn.tokenFile, name);
      return { authenticator: 'OAUTH', username, token };
    }
    case 'workload-identity': {
      const token =
        signIn.tokenFile === undefined ? undefined : await secretIn(signIn.tokenFile, name);
      return {
        authenticator: 'WORKLOAD_IDENTITY',
        username,
        workloadIdentityProvider: signIn.provider,
        ...(token === undefined ? {} : { token }),
      };
    }
  }
}

/** A provider on this machine may speak without TLS; the driver allows it to no other. */
function isBesideUs(tokenUrl: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(tokenUrl).hostname);
}

async function secretIn(path: string, name: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const message = `${name}: the file ${path} of warehouse.snowflake cannot be read; check the path and its permissions`;
    throw new GoldsmithError('WAREHOUSE_FILE_MISSING', message, { cause });
  }
}

function opened(
  pem: string,
  { passphrase, name }: { readonly passphrase: string | undefined; readonly name: string },
): string {
  try {
    const key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch (cause) {
    const message = `${name}: the private key of warehouse.snowflake cannot be opened; check that it is PEM, and its passphrase`;
    throw new GoldsmithError('WAREHOUSE_KEY_UNREADABLE', message, { cause });
  }
}
