import type { Agent } from 'node:https';
import { z } from 'zod';
import { ConnectorError } from '../connector-error.ts';
import { classifyDatabricksError } from './classify-databricks-error.ts';
import { httpsJson } from './https-json.ts';

/** How an identity proves who it is; secrets are asked for anew each time. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: () => Promise<string> }
  | { readonly kind: 'oauth'; readonly clientId: string; readonly secret: () => Promise<string> }
  | {
      readonly kind: 'federation';
      readonly clientId: string | undefined;
      readonly subjectToken: () => Promise<string>;
    };

export interface Workspace {
  readonly host: string;
  readonly port: number;
  readonly ca?: readonly string[] | undefined;
  readonly timeoutMs: number;
  /** How it is reached. Absent: straight away. */
  readonly agent?: Agent | undefined;
}

export interface SignInParts {
  /** For error messages. */
  readonly name: string;
  readonly workspace: Workspace;
  readonly credentials: Credentials;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

const answer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
});

/** A token is renewed this long before it ends. */
const EARLY_MS = 60_000;

/**
 * An identity's token, fetched when it is needed and kept until shortly before it ends. Tokens of the workspace's OAuth
 * endpoint (`/oidc/v1/token`) or a personal one; never a password.
 */
export class SignIn {
  readonly #parts: SignInParts;
  #kept: { readonly token: Promise<string>; until: number } | undefined;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** Raises CONNECTOR_SIGN_IN_FAILED, CONNECTOR_UNREACHABLE, CONNECTOR_TLS_REFUSED. */
  async token(): Promise<string> {
    if (this.#kept !== undefined && this.#now() < this.#kept.until) {
      return this.#kept.token;
    }
    const kept = { token: this.#fetch(), until: Number.POSITIVE_INFINITY };
    this.#kept = kept;
    try {
      return await kept.token;
    } catch (error) {
      this.forget();
      throw classifyDatabricksError(error, this.#parts.name);
    }
  }

  /** The warehouse did not take the token: the next one is fetched anew. */
  forget(): void {
    this.#kept = undefined;
  }

  #now(): number {
    return (this.#parts.now ?? (() => performance.now()))();
  }

  async #fetch(): Promise<string> {
    const { credentials } = this.#parts;
    if (credentials.kind === 'token') {
      return credentials.token();
    }
    const { name, workspace } = this.#parts;
    const { form, headers } = await grantOf(credentials);
    const { status, body } = await httpsJson({
      ...workspace,
      path: '/oidc/v1/token',
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(form).toString(),
    });
    const given = answer.safeParse(body);
    if (status !== 200 || !given.success) {
      const code =
        status >= 500 || status === 429 ? 'CONNECTOR_UNREACHABLE' : 'CONNECTOR_SIGN_IN_FAILED';
      const addition = `the token endpoint answered ${status}`;
      throw new ConnectorError(code, name, { addition });
    }
    if (this.#kept !== undefined) {
      const lifeMs = given.data.expires_in * 1000;
      this.#kept.until = this.#now() + Math.max(lifeMs - EARLY_MS, lifeMs / 2);
    }
    return given.data.access_token;
  }
}

type Granted = Exclude<Credentials, { readonly kind: 'token' }>;

async function grantOf(credentials: Granted): Promise<{
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}> {
  if (credentials.kind === 'oauth') {
    const pair = `${credentials.clientId}:${await credentials.secret()}`;
    return {
      form: { grant_type: 'client_credentials', scope: 'all-apis' },
      headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    };
  }
  const { clientId } = credentials;
  return {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await credentials.subjectToken(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      scope: 'all-apis',
      ...(clientId === undefined ? {} : { client_id: clientId }),
    },
    headers: {},
  };
}
