import { createHash, createPublicKey, createVerify, type KeyObject } from 'node:crypto';
import type { SessionUser } from './snowflake-sessions.ts';

/** Who may sign in, and with what. */
export interface SnowflakeUser extends SessionUser {
  /** PEM, for key pairs. */
  readonly publicKey?: string;
  /** Access tokens: PAT, OAuth. */
  readonly tokens?: readonly string[];
}

export interface SignIn {
  readonly AUTHENTICATOR?: string;
  readonly LOGIN_NAME?: string;
  readonly TOKEN?: string;
  readonly PASSWORD?: string;
}

/** The user who signs in so, or the code and sentence with which Snowflake refuses. */
export function signIn(
  users: readonly SnowflakeUser[],
  { AUTHENTICATOR = 'SNOWFLAKE', LOGIN_NAME = '', TOKEN = '', PASSWORD }: SignIn,
): SnowflakeUser | { readonly code: string; readonly message: string } {
  if (AUTHENTICATOR === 'SNOWFLAKE_JWT') {
    const found = users.find(({ user }) => user === LOGIN_NAME.toUpperCase());
    return found?.publicKey !== undefined && isSigned(TOKEN, createPublicKey(found.publicKey))
      ? found
      : { code: '390144', message: 'JWT token is invalid.' };
  }
  const presented = TOKEN === '' ? (PASSWORD ?? '') : TOKEN;
  const byToken = users.find(({ tokens }) => tokens?.includes(presented) === true);
  if (byToken !== undefined && AUTHENTICATOR !== 'SNOWFLAKE') {
    return byToken;
  }
  return AUTHENTICATOR === 'OAUTH'
    ? { code: '390303', message: 'Invalid OAuth access token.' }
    : { code: '390100', message: 'Incorrect username or password was specified.' };
}

function isSigned(token: string, key: KeyObject): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as {
    readonly iss?: string;
    readonly exp?: number;
  };
  const fingerprint = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  const isIntact = createVerify('RSA-SHA256')
    .update(`${header}.${payload}`)
    .verify(key, signature, 'base64url');
  const isCurrent = (claims.exp ?? 0) * 1000 > Date.now();
  return isIntact && isCurrent && claims.iss?.endsWith(`SHA256:${fingerprint}`) === true;
}
