import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { retry } from '../../base/retry.ts';

/** Slack's Web API: https://docs.slack.dev/apis/web-api. */
export interface SlackApi {
  /**
   * Calls a method. Retries on 429 (waiting as long as Retry-After asks) and 5xx; rejects with `SLACK_UNREACHABLE` where nobody
   * knows whether Slack did it, with `SLACK_REFUSED` (`details.error` is Slack's word) where it did not.
   */
  call(
    method: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Answers the one person who pressed something. */
  answer(url: string, text: string, signal: AbortSignal): Promise<void>;
}

export interface SlackApiParts {
  readonly apiUrl: string;
  readonly botToken: string;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly timeoutMs?: number;
}

const ATTEMPTS = 3;
const MOST_WAIT_SECONDS = 60;
const answered = z.looseObject({ ok: z.boolean(), error: z.string().optional() });

export function openSlackApi({
  apiUrl,
  botToken,
  clock,
  timeoutMs = 10_000,
}: SlackApiParts): SlackApi {
  async function post(
    url: string,
    {
      body,
      headers,
      signal,
    }: { body: unknown; headers: Record<string, string>; signal: AbortSignal },
  ): Promise<unknown> {
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        headers: {
          ...(body instanceof URLSearchParams
            ? {}
            : { 'content-type': 'application/json; charset=utf-8' }),
          ...headers,
        },
        body: body instanceof URLSearchParams ? body : JSON.stringify(body),
        signal: AbortSignal.any([deadline, signal]),
      });
      const text = await response.text();
      if (!response.ok) {
        throw unreachable(response);
      }
      return parseJson(text);
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof GoldsmithError) {
        throw cause;
      }
      throw new GoldsmithError(
        'SLACK_UNREACHABLE',
        'Slack did not answer; it is shown again later',
        {
          details: { isUnsure: true },
          cause,
        },
      );
    }
  }

  function patiently<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    return retry(work, {
      clock,
      attempts: ATTEMPTS,
      firstDelayMs: 1000,
      isRetryable: (error) => error instanceof GoldsmithError && error.retryable,
      askedDelayMs: (error) =>
        error instanceof GoldsmithError && typeof error.details['retryAfterMs'] === 'number'
          ? error.details['retryAfterMs']
          : undefined,
      signal,
    });
  }

  return {
    call: (method, args, signal) =>
      patiently(async () => {
        const result = answered.safeParse(
          await post(`${apiUrl}/${method}`, {
            body: READS.test(method) ? formOf(args) : args,
            headers: { authorization: `Bearer ${botToken}` },
            signal,
          }),
        ).data;
        if (result?.ok !== true) {
          throw refusal(method, result?.error ?? 'an answer that is no JSON');
        }
        return result;
      }, signal),
    async answer(url, text, signal) {
      if (!isSlacks(url, apiUrl)) {
        throw refusal('response_url', 'another host than Slack');
      }
      const body = { response_type: 'ephemeral', replace_original: false, text };
      await patiently(() => post(url, { body, headers: {}, signal }), signal);
    },
  };
}

/** Methods that read take forms only. */
const READS = /^conversations\./;

function formOf(args: Readonly<Record<string, unknown>>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(args).map(([name, value]): [string, string] => [name, String(value)]),
  );
}

/** Asked for less: nothing was done, so it may be tried again at once. */
function unreachable({ status, headers }: Response): GoldsmithError {
  const retryAfter = Number(headers.get('retry-after'));
  const wasNotDone = status === 429;
  return new GoldsmithError(
    'SLACK_UNREACHABLE',
    `Slack answered ${status}; it is shown again later`,
    {
      retryable: wasNotDone,
      details: {
        isUnsure: !wasNotDone,
        ...(retryAfter > 0 ? { retryAfterMs: Math.min(retryAfter, MOST_WAIT_SECONDS) * 1000 } : {}),
      },
    },
  );
}

const MENDING: Readonly<Record<string, string>> = {
  invalid_auth: 'check propose.slack.botToken',
  token_revoked: 'check propose.slack.botToken',
  account_inactive: 'check propose.slack.botToken',
  not_authed: 'check propose.slack.botToken',
  channel_not_found: 'check propose.slack.channel',
  is_archived: 'check propose.slack.channel',
  not_in_channel: 'invite the app into propose.slack.channel',
  missing_scope: 'give the app the scope it needs',
};

function refusal(method: string, error: string): GoldsmithError {
  const mend = MENDING[error];
  return new GoldsmithError(
    'SLACK_REFUSED',
    `Slack refused ${method}: ${error}${mend === undefined ? '' : `; ${mend}`}`,
    { retryable: error === 'ratelimited', details: { error } },
  );
}

/** What a signed request names is Slack's own; nobody else is ever posted to. */
function isSlacks(url: string, apiUrl: string): boolean {
  const { protocol, host, hostname } = new URL(url);
  return (
    host === new URL(apiUrl).host ||
    (protocol === 'https:' && (hostname === 'slack.com' || hostname.endsWith('.slack.com')))
  );
}

/** `undefined` for what is not JSON: a response URL answers `ok`. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
