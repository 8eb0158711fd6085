import { createSign } from 'node:crypto';
import { z } from 'zod';
import type { Clock, EpochMs } from '../../base/clock.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { GithubApi } from './github-api.ts';
import type { GithubSettings } from './settings.ts';

/** How we sign in: with a token, or with an app's tokens, which last an hour. */
export interface SignIn {
  readonly token: (signal: AbortSignal) => Promise<string>;
  /** True where another can be had. */
  readonly forget: () => boolean;
}

/** An installation's token is asked anew this long before it ends. */
const EARLY_MS = 5 * 60_000;

const installationSchema = z.object({ id: z.number() });
const tokenSchema = z.object({ token: z.string(), expires_at: z.string() });

export function openSignIn(
  { token, app, repository }: Pick<GithubSettings, 'token' | 'app' | 'repository'>,
  { api, clock }: { readonly api: () => GithubApi; readonly clock: Pick<Clock, 'now'> },
): SignIn {
  if (app === undefined) {
    return { token: () => Promise.resolve(token ?? ''), forget: () => false };
  }
  let given: { readonly token: string; readonly until: EpochMs } | undefined;
  return {
    async token(signal) {
      if (given !== undefined && clock.now() < given.until - EARLY_MS) {
        return given.token;
      }
      const authorization = `Bearer ${appToken(app, clock.now())}`;
      const installation =
        app.installation ??
        (
          await api()({
            method: 'GET',
            path: `/repos/${repository}/installation`,
            answer: installationSchema,
            authorization,
            signal,
          })
        ).id;
      const answer = await api()({
        method: 'POST',
        path: `/app/installations/${installation}/access_tokens`,
        body: {
          repositories: [repository.split('/')[1]],
          permissions: { contents: 'write', pull_requests: 'write' },
        },
        answer: tokenSchema,
        authorization,
        signal,
      });
      given = { token: answer.token, until: Date.parse(answer.expires_at) };
      return answer.token;
    },
    forget() {
      const had = given !== undefined;
      given = undefined;
      return had;
    },
  };
}

/** A JWT of the app, signed RS256 and good for nine minutes: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app. */
function appToken({ id, privateKey }: NonNullable<GithubSettings['app']>, now: EpochMs): string {
  const seconds = Math.floor(now / 1000);
  const signed = [
    { alg: 'RS256', typ: 'JWT' },
    { iat: seconds - 60, exp: seconds + 540, iss: id },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  try {
    const signature = createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url');
    return `${signed}.${signature}`;
  } catch {
    // What crypto says may quote the key.
    throw new GoldsmithError(
      'GITHUB_REFUSED',
      'the private key of the GitHub App cannot sign; check propose.github.app.privateKey',
    );
  }
}
