import { createVerify, generateKeyPairSync } from 'node:crypto';
import type { Answer } from './github-pulls.ts';
import { githubSchema } from './github-schema.ts';

/** Who is let in: a token of a person, and an app that asks for tokens of its own. */
export interface SignIns {
  readonly token: string;
  readonly app: { readonly id: string; readonly privateKey: string };
  isSignedIn(authorization: string): boolean;
  /** What an app asks in its own name; undefined where it is something else. */
  asApp(asked: {
    readonly method: string;
    readonly path: string;
    readonly authorization: string;
  }): Answer | undefined;
  /** Tokens given out so far are not taken any more. */
  expire(): void;
}

/** Made once a worker: a key takes longer than most tests. */
let keys: ReturnType<typeof generateKeyPairSync> | undefined;

export function signIns(repository: string): SignIns {
  const schema = githubSchema();
  const root = `/repos/${repository}`;
  keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { publicKey, privateKey } = keys;
  const token = 'github-token-of-the-tests';
  const tokens = new Set([token]);

  /** What an app signed with the key we gave it, not older than GitHub takes. */
  function isApp(authorization: string): boolean {
    const [head = '', claims = '', signature = ''] = authorization
      .replace(/^Bearer /, '')
      .split('.');
    const { iss, exp, iat } = JSON.parse(
      Buffer.from(claims, 'base64url').toString() || '{}',
    ) as Record<string, unknown>;
    return (
      iss === 'Iv1.tests' &&
      Number(exp) - Number(iat) <= 600 &&
      createVerify('RSA-SHA256')
        .update(`${head}.${claims}`)
        .verify(publicKey, signature, 'base64url')
    );
  }

  function asApp({
    method,
    path,
    authorization,
  }: {
    readonly method: string;
    readonly path: string;
    readonly authorization: string;
  }): Answer | undefined {
    const isTokens = method === 'POST' && path === '/app/installations/42/access_tokens';
    if (!isTokens && path !== `${root}/installation`) {
      return undefined;
    }
    if (!isApp(authorization)) {
      return { status: 401, body: { message: 'A JSON web token could not be decoded' } };
    }
    if (!isTokens) {
      return { status: 200, body: { ...schema.example('installation'), id: 42 } };
    }
    const given = `ghs_${tokens.size}`;
    tokens.add(given);
    return {
      status: 201,
      body: {
        token: given,
        expires_at: '2026-03-20T04:00:00Z',
        permissions: { contents: 'write' },
        repository_selection: 'selected',
      },
    };
  }

  return {
    token,
    app: {
      id: 'Iv1.tests',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
    isSignedIn: (authorization) => tokens.has(authorization.replace(/^Bearer /, '')),
    asApp,
    expire: () => tokens.clear(),
  };
}
