import type { z } from 'zod';
import type { Clock, EpochMs } from '../../base/clock.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { limited, refused, strange, unreachable } from './github-error.ts';

export interface GithubRequest<Answer> {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** From the root of the API: `/repos/o/n/pulls`. */
  readonly path: string;
  readonly body?: unknown;
  readonly answer: z.ZodType<Answer>;
  /** Instead of the standing sign-in: an app signs in with its own words. */
  readonly authorization?: string;
  readonly signal: AbortSignal;
}

export type GithubApi = <Answer>(request: GithubRequest<Answer>) => Promise<Answer>;

export interface GithubApiParts {
  readonly apiUrl: string;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly timeoutMs: number;
  /** The header that signs us in. */
  readonly authorization: (signal: AbortSignal) => Promise<string>;
  /** GitHub did not take it: forget it. True where another can be had. */
  readonly forget: () => boolean;
}

/** Waits as long as this are waited here; longer ones end the cycle's attempt. */
const MOST_WAIT_MS = 20_000;
const ATTEMPTS = 3;
/** GitHub asks for a second between requests that create: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api. */
const PACE_MS = 1000;
/** A secondary limit without a word of how long. */
const SECONDARY_WAIT_MS = 60_000;

/**
 * GitHub's REST API over fetch, one request at a time. A question is asked again where the answer got lost or GitHub stumbled; what creates
 * something is not: whoever asks looks first whether it is there. After a limit nothing is sent until it has passed.
 */
export function openGithubApi(parts: GithubApiParts): GithubApi {
  const { apiUrl, clock, timeoutMs, authorization, forget } = parts;
  let notBefore: EpochMs = 0;
  let wroteAt: EpochMs = 0;

  async function send<Answer>(request: GithubRequest<Answer>): Promise<Response> {
    const { method, path, body, signal } = request;
    const deadline = AbortSignal.timeout(timeoutMs);
    const signIn = request.authorization ?? (await authorization(signal));
    try {
      return await fetch(`${apiUrl.replace(/\/+$/, '')}${path}`, {
        method,
        headers: {
          accept: 'application/vnd.github+json',
          'x-github-api-version': '2022-11-28',
          'user-agent': 'goldsmith',
          authorization: signIn,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.any([deadline, signal]),
      });
    } catch (cause) {
      signal.throwIfAborted();
      throw unreachable(cause);
    }
  }

  async function attempt<Answer>(request: GithubRequest<Answer>): Promise<Answer> {
    const { method, path, signal } = request;
    if (clock.now() < notBefore) {
      throw limited(notBefore - clock.now());
    }
    if (method !== 'GET') {
      await clock.sleep(Math.max(0, wroteAt + PACE_MS - clock.now()), signal);
      wroteAt = clock.now();
    }
    const response = await send(request);
    const said = await textOf(response, signal);
    if (response.ok) {
      const answer = request.answer.safeParse(jsonOf(said));
      if (!answer.success) {
        throw strange(path);
      }
      return answer.data;
    }
    const waitMs = askedToWait(response, { said, now: clock.now() });
    if (waitMs !== undefined) {
      notBefore = clock.now() + waitMs;
      throw limited(waitMs);
    }
    if (response.status >= 500) {
      throw unreachable();
    }
    throw refused(response.status, messageIn(said));
  }

  return async (request) => {
    let hasForgotten = false;
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt(request);
      } catch (error) {
        if (!(error instanceof GoldsmithError)) {
          throw error;
        }
        const isRefusedToken =
          error.details['status'] === 401 && request.authorization === undefined;
        if (isRefusedToken && !hasForgotten && forget()) {
          hasForgotten = true;
          continue;
        }
        const waitMs = waitBefore(error, { tried, isQuestion: request.method === 'GET' });
        if (waitMs === undefined) {
          throw error;
        }
        await clock.sleep(waitMs, request.signal);
      }
    }
  };
}

/** Undefined: not tried again here. A limited request was not carried out, so it may be sent again whatever it does. */
function waitBefore(
  { code, details }: GoldsmithError,
  { tried, isQuestion }: { readonly tried: number; readonly isQuestion: boolean },
): number | undefined {
  if (tried >= ATTEMPTS) {
    return undefined;
  }
  const asked = details['retryAfterMs'];
  if (code === 'GITHUB_LIMITED' && typeof asked === 'number') {
    return asked <= MOST_WAIT_MS ? asked : undefined;
  }
  return code === 'GITHUB_UNREACHABLE' && isQuestion ? 1000 * 2 ** (tried - 1) : undefined;
}

/** By `retry-after`, by the moment the primary limit ends, or a minute where a secondary limit says nothing. */
function askedToWait(
  { status, headers }: Response,
  { said, now }: { readonly said: string; readonly now: EpochMs },
): number | undefined {
  if (status !== 403 && status !== 429 && status !== 503) {
    return undefined;
  }
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(seconds) && seconds >= 0) {
    return seconds * 1000;
  }
  if (headers.get('x-ratelimit-remaining') === '0') {
    const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000;
    return Number.isFinite(reset) ? Math.max(1000, reset - now) : SECONDARY_WAIT_MS;
  }
  return status === 429 || /secondary rate limit/i.test(messageIn(said))
    ? SECONDARY_WAIT_MS
    : undefined;
}

async function textOf(response: Response, signal: AbortSignal): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    signal.throwIfAborted();
    throw unreachable(cause);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function messageIn(text: string): string {
  const said = jsonOf(text);
  if (typeof said !== 'object' || said === null || !('message' in said)) {
    return '';
  }
  const errors = 'errors' in said && Array.isArray(said.errors) ? said.errors : [];
  const details = errors.map((each: unknown) =>
    typeof each === 'object' && each !== null && 'message' in each ? String(each.message) : '',
  );
  return [String(said.message), ...details].filter((part) => part !== '').join('; ');
}
