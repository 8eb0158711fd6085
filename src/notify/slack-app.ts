import type { Clock } from '../base/clock.ts';
import type { SlackAppSettings } from '../propose/slack/settings.ts';
import { openSlackApi } from '../propose/slack/slack-api.ts';
import type { Webhook } from './slack-webhook.ts';

/** The channel of a Slack app as a place for notices. Rejects with `SLACK_UNREACHABLE` or `SLACK_REFUSED`. */
export function openSlackApp(
  { apiUrl, botToken, channel }: SlackAppSettings,
  { clock, timeoutMs }: { readonly clock: Pick<Clock, 'sleep'>; readonly timeoutMs?: number },
): Webhook {
  const api = openSlackApi({
    apiUrl,
    botToken,
    clock,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const always = new AbortController().signal;
  return {
    async post(message, signal = always) {
      await api.call('chat.postMessage', { channel, ...message }, signal);
    },
    async probe(signal = always) {
      await api.call('auth.test', {}, signal);
    },
  };
}
