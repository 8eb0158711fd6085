import type { Clock } from '../base/clock.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import { retry } from '../base/retry.ts';
import type { Notice } from './notice.ts';

/** Where notices go; a failure to tell never stops or undoes what was decided. */
export interface Notifier {
  /** Rejects with `SLACK_UNREACHABLE` once the retries are used up. */
  notify(notice: Notice, signal?: AbortSignal): Promise<void>;
}

export interface SlackParts {
  readonly webhookUrl: string;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly timeoutMs?: number;
}

/**
 * Posts to a Slack incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
 * Retries on 429 (waiting as long as Retry-After asks), 5xx and network errors; other answers are final.
 */
export function slackNotifier({ webhookUrl, clock, timeoutMs = 10_000 }: SlackParts): Notifier {
  return {
    async notify(notice, signal) {
      await retry(() => post(webhookUrl, { body: messageOf(notice), timeoutMs, signal }), {
        clock,
        attempts: 4,
        firstDelayMs: 1000,
        isRetryable: (error) => error instanceof GoldsmithError && error.retryable,
        askedDelayMs: (error) =>
          error instanceof GoldsmithError && typeof error.details['retryAfterMs'] === 'number'
            ? error.details['retryAfterMs']
            : undefined,
        signal,
      });
    },
  };
}

/** The message as Slack's Block Kit wants it, with a plain-text fallback for notifications. */
export function messageOf(notice: Notice): unknown {
  return {
    text: escape(`${notice.title}: ${notice.because}`),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: notice.title.slice(0, 150) } },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: [
            `*Why* ${escape(notice.because)}`,
            `*Money* ${escape(notice.money)}`,
            `*Undo* \`${escape(notice.undo)}\``,
          ].join('\n'),
        },
      },
      {
        type: 'context',
        elements: [{ type: 'mrkdwn', text: `plan ${notice.planDigest.slice(0, 12)}` }],
      },
    ],
  };
}

interface Post {
  readonly body: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

async function post(url: string, { body, timeoutMs, signal }: Post): Promise<void> {
  const deadline = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new GoldsmithError(
      'SLACK_UNREACHABLE',
      'Slack did not answer; the decision stands and is in the log, check notify.slackWebhookUrl',
      { retryable: true, cause },
    );
  }
  await response.body?.cancel();
  if (response.ok) {
    return;
  }
  const retryAfter = Number(response.headers.get('retry-after'));
  throw new GoldsmithError(
    'SLACK_UNREACHABLE',
    `Slack answered ${response.status}; the decision stands and is in the log, check notify.slackWebhookUrl`,
    {
      retryable: response.status === 429 || response.status >= 500,
      details: retryAfter > 0 ? { retryAfterMs: Math.min(retryAfter, 60) * 1000 } : {},
    },
  );
}

/** Slack's three control characters: https://docs.slack.dev/messaging/formatting-message-text. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
