import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { type Interaction, readInteraction } from '../../propose/slack/interaction.ts';
import { sqlMessage } from '../../propose/slack/proposal-message.ts';
import { type SlackRequest, whyNotSlack } from '../../propose/slack/signature.ts';
import { openSlackApi } from '../../propose/slack/slack-api.ts';
import type { Engine } from '../engine.ts';
import type { ProposalVerbs } from './proposal-verbs.ts';

/** What the door answers at once, within Slack's three seconds; `done` resolves when all that follows has happened. */
export interface InteractionAnswer {
  readonly status: 200 | 400 | 401 | 404;
  readonly done: Promise<void>;
}

/**
 * Takes what people press in Slack: verified, heard once, answered to whoever pressed. The message itself follows the proposal. Without
 * a Slack app in the settings there is no such door.
 */
export function slackInteractions(
  engine: Engine,
  { verbs, signal }: { readonly verbs: Pick<ProposalVerbs, 'hear'>; readonly signal: AbortSignal },
): (request: SlackRequest) => InteractionAnswer {
  const { log, metrics } = engine;

  async function follow(interaction: Exclude<Interaction, { kind: 'nothing' }>): Promise<void> {
    const text = await answerTo(interaction);
    const { slack } = engine.config.propose;
    if (interaction.answerTo !== undefined && slack !== undefined && text !== '') {
      const api = openSlackApi({ ...slack, clock: engine.clock });
      await api.answer(interaction.answerTo, text, signal);
    }
  }

  async function answerTo(interaction: Exclude<Interaction, { kind: 'nothing' }>): Promise<string> {
    if (interaction.kind === 'show-sql') {
      const proposal = engine.memory.proposals.get(interaction.proposal);
      return proposal === undefined ? 'There is no such proposal any more.' : sqlMessage(proposal);
    }
    try {
      return await verbs.hear(interaction.decision).follow();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof GoldsmithError)) {
        throw error;
      }
      log.warn({ err: error }, 'what was pressed in slack was not done');
      return error.message;
    }
  }

  return (request) => {
    const { slack } = engine.config.propose;
    if (slack === undefined) {
      return { status: 404, done: Promise.resolve() };
    }
    const now = engine.clock.now();
    const because = whyNotSlack(request, { signingSecret: slack.signingSecret, now });
    if (because !== undefined) {
      metrics.add('goldsmith_proposal_answers_total', { outcome: 'refused' });
      log.warn({ because }, 'a request that claims to be slack was refused');
      return { status: 401, done: Promise.resolve() };
    }
    const interaction = readInteraction(request.rawBody, { now });
    if (interaction === undefined) {
      return { status: 400, done: Promise.resolve() };
    }
    if (interaction.kind === 'nothing') {
      return { status: 200, done: Promise.resolve() };
    }
    const done = follow(interaction).catch((err: unknown) => {
      if (!signal.aborted) {
        log.warn({ err }, 'nobody could be answered in slack');
      }
    });
    return { status: 200, done };
  };
}
