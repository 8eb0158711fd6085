import { type Clock, type EpochMs, HOUR_MS } from '../base/clock.ts';
import type { Notice } from './notice.ts';
import { digestOf, messageOf } from './slack-message.ts';
import { openWebhook } from './slack-webhook.ts';

/** Where notices go; a failure to tell never stops or undoes what was decided. */
export interface Notifier {
  /**
   * Tells what one cycle brought, together with what an earlier call could not: a message each, or one digest where they are
   * many. Rejects with `SLACK_UNREACHABLE` once the retries are used up; what was not told is kept for the next call.
   */
  tell(notices: readonly Notice[], signal?: AbortSignal): Promise<TellOutcome>;
  /** Rejects with `SLACK_UNREACHABLE` where the webhook is gone; shows nobody anything. */
  probe(signal?: AbortSignal): Promise<void>;
}

export interface TellOutcome {
  /** Notices that were delivered, in a message of their own or in a digest. */
  readonly told: number;
  /** Notices that wait for the next digest. */
  readonly held: number;
}

export interface SlackParts {
  readonly webhookUrl: string;
  readonly clock: Pick<Clock, 'sleep' | 'now'>;
  /** Which warehouse speaks. */
  readonly from?: string;
  /** More notices than this at once come as one message. */
  readonly digestAbove?: number;
  /** Beyond this many, notices wait and come as a digest. */
  readonly messagesPerHour?: number;
  readonly timeoutMs?: number;
}

/** Slack takes one message a second on a webhook: https://docs.slack.dev/apis/web-api/rate-limits. */
const APART_MS = 1000;
/** Kept while Slack cannot be reached; older ones are only counted. */
const MOST_HELD = 100;

/** Posts to a Slack incoming webhook. Speaks never faster than Slack allows, and digests rather than floods. */
export function slackNotifier({
  webhookUrl,
  clock,
  from = 'goldsmith',
  digestAbove = 3,
  messagesPerHour = 20,
  timeoutMs = 10_000,
}: SlackParts): Notifier {
  const webhook = openWebhook({ webhookUrl, clock, timeoutMs });
  let held: readonly Notice[] = [];
  let forgotten = 0;
  let postedAt: readonly EpochMs[] = [];

  async function post(body: unknown, signal: AbortSignal | undefined): Promise<void> {
    const last = postedAt.at(-1);
    const wait = last === undefined ? 0 : last + APART_MS - clock.now();
    if (wait > 0) {
      await clock.sleep(Math.min(wait, APART_MS), signal);
    }
    postedAt = [...postedAt, clock.now()];
    await webhook.post(body, signal);
  }

  return {
    async tell(notices, signal) {
      const all = [...held, ...notices];
      forgotten += Math.max(0, all.length - MOST_HELD);
      held = all.slice(-MOST_HELD);
      postedAt = postedAt.filter((at) => at > clock.now() - HOUR_MS);
      const room = messagesPerHour - postedAt.length;
      if (held.length === 0 || room <= 0) {
        return { told: 0, held: held.length };
      }

      const isDigest = held.length > Math.min(digestAbove, room) || forgotten > 0;
      const told = held.length + forgotten;
      if (isDigest) {
        await post(digestOf(held, { from, forgotten }), signal);
        held = [];
        forgotten = 0;
      }
      for (const notice of held) {
        await post(messageOf(notice, from), signal);
        held = held.slice(1);
      }
      return { told, held: held.length };
    },
    probe: (signal) => webhook.probe(signal),
  };
}
