import type { Clock } from '../base/clock.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import { retry } from '../base/retry.ts';

export interface WebhookParts {
  readonly webhookUrl: string;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly timeoutMs: number;
}

/** A message as Slack takes it: Block Kit, and a plain text for notifications. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly unknown[];
}

/** A Slack incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. */
export interface Webhook {
  /**
   * Posts a message. Retries on 429 (waiting as long as Retry-After asks), 5xx and network errors; other answers are
   * final. Rejects with `SLACK_UNREACHABLE`.
   */
  post(message: SlackMessage, signal?: AbortSignal): Promise<void>;
  /** Asks with an empty message, which Slack refuses without showing anything: whether the webhook still stands. */
  probe(signal?: AbortSignal): Promise<void>;
}

export function openWebhook({ webhookUrl, clock, timeoutMs }: WebhookParts): Webhook {
  const send = async (body: unknown, signal: AbortSignal | undefined): Promise<Response> => {
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(webhookUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      });
      await response.body?.cancel();
      return response;
    } catch (cause) {
      signal?.throwIfAborted();
      throw new GoldsmithError(
        'SLACK_UNREACHABLE',
        'Slack did not answer; the decision stands and is in the log, check notify.slackWebhookUrl',
        { retryable: true, cause },
      );
    }
  };

  return {
    async post(body, signal) {
      const once = async () => {
        const response = await send(body, signal);
        if (!response.ok) {
          throw refusal(response);
        }
      };
      await retry(once, {
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
    async probe(signal) {
      const response = await send({}, signal);
      if (GONE.has(response.status)) {
        throw refusal(response);
      }
    },
  };
}

/** What Slack answers for a webhook that was revoked, or whose channel was archived. */
const GONE: ReadonlySet<number> = new Set([401, 403, 404, 410]);

const MOST_WAIT_SECONDS = 60;

function refusal({ status, headers }: Response): GoldsmithError {
  const retryAfter = Number(headers.get('retry-after'));
  return new GoldsmithError(
    'SLACK_UNREACHABLE',
    `Slack answered ${status}; the decision stands and is in the log, check notify.slackWebhookUrl`,
    {
      retryable: status === 429 || status >= 500,
      details:
        retryAfter > 0 ? { retryAfterMs: Math.min(retryAfter, MOST_WAIT_SECONDS) * 1000 } : {},
    },
  );
}
