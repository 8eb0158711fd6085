import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { ChannelRef, ProposalChannel, ShowParts } from '../channel.ts';
import { isLive } from '../move.ts';
import type { Proposal } from '../proposal.ts';
import { proposalMessage } from './proposal-message.ts';
import type { SlackAppSettings } from './settings.ts';
import { openSlackApi, type SlackApi } from './slack-api.ts';

export interface SlackChannelParts {
  readonly settings: SlackAppSettings;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Which warehouse speaks. */
  readonly from: string;
  readonly undoFor: number;
  readonly timeoutMs?: number;
}

/** How a message says which proposal it is, so that it is found again when its place was not heard. */
const EVENT = 'goldsmith_proposal';

const found = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({ event_type: z.string(), event_payload: z.looseObject({ id: z.string() }) })
        .optional()
        .catch(undefined),
    }),
  ),
});

/** Proposals as messages of a Slack app: one message each, that follows its proposal to its end. */
export function slackChannel(parts: SlackChannelParts): ProposalChannel {
  const { settings, from, undoFor, clock, timeoutMs } = parts;
  const { apiUrl, botToken, channel } = settings;
  const api = openSlackApi({
    apiUrl,
    botToken,
    clock,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });

  function messageOf(proposal: Proposal, { now }: Pick<ShowParts, 'now'>) {
    const metadata = { event_type: EVENT, event_payload: { id: proposal.id } };
    return { channel, metadata, ...proposalMessage(proposal, { from, now, undoFor }) };
  }

  async function post(proposal: Proposal, shown: ShowParts): Promise<ChannelRef> {
    const { ts } = await api.call('chat.postMessage', messageOf(proposal, shown), shown.signal);
    return { ts: String(ts) };
  }

  return {
    name: 'slack',
    tellsDone: true,
    isChat: true,
    whereabouts: ({ ts }) => `message ${String(ts)} in ${channel}`,
    async probe(signal) {
      const { user, team } = await api.call('auth.test', {}, signal);
      return `Slack knows the app as ${String(user)} of ${String(team)}`;
    },
    async show(proposal, shown) {
      const ts =
        shown.ref?.['ts'] ??
        (shown.isUnsure === true
          ? await findMessage(api, { proposal, channel, shown })
          : undefined);
      if (ts === undefined) {
        return post(proposal, shown);
      }
      try {
        await api.call('chat.update', { ts, ...messageOf(proposal, shown) }, shown.signal);
        return { ts };
      } catch (error) {
        if (wordOf(error) !== 'message_not_found') {
          throw error;
        }
        // Somebody took the message away: what still waits for people is shown anew, what ended is not.
        return isLive(proposal) ? post(proposal, shown) : { ts };
      }
    },
  };
}

/** The message an earlier attempt may have left. Where the app may not read the channel, nobody can tell: it is posted again. */
async function findMessage(
  api: SlackApi,
  {
    proposal,
    channel,
    shown,
  }: { readonly proposal: Proposal; readonly channel: string; readonly shown: ShowParts },
): Promise<string | undefined> {
  const since = (proposal.moves[0]?.at ?? proposal.openedAt) / 1000;
  try {
    const answer = await api.call(
      'conversations.history',
      { channel, oldest: String(since - 60), limit: 200, include_all_metadata: true },
      shown.signal,
    );
    return found
      .parse(answer)
      .messages.find(
        ({ metadata }) =>
          metadata?.event_type === EVENT && metadata.event_payload.id === proposal.id,
      )?.ts;
  } catch (error) {
    if (wordOf(error) === 'missing_scope') {
      return undefined;
    }
    throw error;
  }
}

function wordOf(error: unknown): unknown {
  return error instanceof GoldsmithError ? error.details['error'] : undefined;
}
