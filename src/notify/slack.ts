import { type Clock, type EpochMs, HOUR_MS } from '../base/clock.ts';
import type { Notice } from './notice.ts';
import { afterFailure, nothingWaits, type Outbox, outboxInMemory, withNotices } from './outbox.ts';
import { digestOf, messageOf } from './slack-message.ts';
import { openWebhook, type SlackMessage, type Webhook } from './slack-webhook.ts';

/** Where notices go; a failure to tell never stops or undoes what was decided. */
export interface Notifier {
  /**
   * Tells what one cycle brought, together with what an earlier call could not: a message each, or one digest where they are
   * many. Rejects with `SLACK_UNREACHABLE` once the retries are used up; what was not told waits in the outbox, and calls within
   * its pause only add to it.
   */
  tell(notices: readonly Notice[], signal?: AbortSignal): Promise<TellOutcome>;
  /** Rejects with `SLACK_UNREACHABLE` where the webhook is gone; shows nobody anything. */
  probe(signal?: AbortSignal): Promise<void>;
}

export interface TellOutcome {
  /** Notices that were delivered, in a message of their own or in a digest. */
  readonly told: number;
  /** Notices that wait: for the hour's next message, or for the end of the pause after a failure. */
  readonly held: number;
}

/** Where in Slack notices go. */
type SlackPlace = { readonly webhookUrl: string } | { readonly webhook: Webhook };

export type SlackParts = SlackPlace & {
  readonly clock: Pick<Clock, 'sleep' | 'now'>;
  /** Which warehouse speaks. */
  readonly from?: string;
  /** More notices than this at once come as one message. */
  readonly digestAbove?: number;
  /** Beyond this many, notices wait and come as a digest. */
  readonly messagesPerHour?: number;
  readonly timeoutMs?: number;
  /** Where what is not told yet is kept; lost with the process by default. */
  readonly outbox?: Outbox;
};

/** Slack takes one message a second on a webhook: https://docs.slack.dev/apis/web-api/rate-limits. */
const APART_MS = 1000;

/** Posts to a Slack incoming webhook, or wherever it is told. Speaks never faster than Slack allows, and digests rather than floods. */
export function slackNotifier(parts: SlackParts): Notifier {
  const {
    clock,
    from = 'goldsmith',
    digestAbove = 3,
    messagesPerHour = 20,
    timeoutMs = 10_000,
    outbox = outboxInMemory(),
  } = parts;
  const webhook =
    'webhook' in parts
      ? parts.webhook
      : openWebhook({ webhookUrl: parts.webhookUrl, clock, timeoutMs });
  let postedAt: readonly EpochMs[] = [];

  async function post(body: SlackMessage, signal: AbortSignal | undefined): Promise<void> {
    const last = postedAt.at(-1);
    const wait = last === undefined ? 0 : last + APART_MS - clock.now();
    if (wait > 0) {
      await clock.sleep(Math.min(wait, APART_MS), signal);
    }
    postedAt = [...postedAt, clock.now()];
    try {
      await webhook.post(body, signal);
    } catch (error) {
      signal?.throwIfAborted();
      outbox.write(afterFailure(outbox.read(), clock.now()));
      throw error;
    }
  }

  /** One digest, or a message each; what was delivered is taken out of the outbox at once. */
  async function deliver(room: number, signal: AbortSignal | undefined): Promise<void> {
    const { notices, forgotten } = outbox.read();
    const now = clock.now();
    if (notices.length > Math.min(digestAbove, room) || forgotten > 0) {
      await post(digestOf(notices, { from, forgotten, now }), signal);
      takeOut(notices.length);
      return;
    }
    for (const waiting of notices) {
      await post(messageOf(waiting, { from, now }), signal);
      takeOut(1);
    }
  }

  /** The first of them; whoever was handed in meanwhile stays. */
  function takeOut(count: number): void {
    outbox.write({ ...nothingWaits, notices: outbox.read().notices.slice(count) });
  }

  return {
    async tell(notices, signal) {
      const now = clock.now();
      const waiting = withNotices(outbox.read(), { notices, now });
      if (notices.length > 0) {
        outbox.write(waiting);
      }
      postedAt = postedAt.filter((at) => at > now - HOUR_MS);
      const room = messagesPerHour - postedAt.length;
      if (waiting.notices.length === 0 || room <= 0 || now < waiting.notBefore) {
        return { told: 0, held: waiting.notices.length };
      }
      await deliver(room, signal);
      return { told: waiting.notices.length + waiting.forgotten, held: 0 };
    },
    probe: (signal) => webhook.probe(signal),
  };
}
