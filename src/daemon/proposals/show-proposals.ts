import type { EpochMs } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import type { ChannelRef, Decision, ProposalChannel } from '../../propose/channel.ts';
import { isUndoable } from '../../propose/is-undoable.ts';
import { isLive } from '../../propose/move.ts';
import type { Proposal } from '../../propose/proposal.ts';
import type { Engine } from '../engine.ts';
import { hear } from './hear.ts';
import { type Shown, shownKey } from './kept-proposal.ts';

/** Failures of a place in a row after which it is left alone until the next time. */
const PATIENCE = 2;

/**
 * Shows every proposal wherever people look, where its state or meaning is not what is shown there. A place that cannot be reached
 * is shown it the next time; what is begun is noted before, so that nothing is shown twice.
 */
export async function showProposals(
  engine: Engine,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  await engine.showing(() => showAll(engine, signal));
}

async function showAll(engine: Engine, signal: AbortSignal): Promise<void> {
  const book = engine.memory.proposals.list();
  for (const channel of engine.channels) {
    let failures = 0;
    for (const proposal of book) {
      if (failures >= PATIENCE) {
        break;
      }
      failures = (await showOne(engine, { channel, proposal, signal })) ? 0 : failures + 1;
    }
  }
}

/** True unless the place could not be reached. */
async function showOne(
  { memory, clock, log, metrics, config }: Engine,
  {
    channel,
    proposal,
    signal,
  }: {
    readonly channel: ProposalChannel;
    readonly proposal: Proposal;
    readonly signal: AbortSignal;
  },
): Promise<boolean> {
  const key = shownKey(channel.name, proposal.id);
  const shown = memory.shown.get(key);
  const now = clock.now();
  const digest = digestOf(faceOf(proposal, { now, undoFor: config.propose.undoFor }));
  if (shown?.digest === digest || !isToBeShown(proposal, { channel, shown })) {
    return true;
  }
  const common = { proposal: proposal.id, ...(shown?.ref === undefined ? {} : { ref: shown.ref }) };
  memory.shown.put(key, { ...common, digest: shown?.digest ?? '', isUnsure: true });
  try {
    const ref = await channel.show(proposal, {
      ref: shown?.ref,
      isUnsure: shown?.isUnsure === true,
      now,
      signal,
    });
    memory.shown.put(key, { proposal: proposal.id, ref, digest, isUnsure: false });
    metrics.add('goldsmith_proposals_shown_total', { channel: channel.name, outcome: 'shown' });
    return true;
  } catch (err) {
    signal.throwIfAborted();
    metrics.add('goldsmith_proposals_shown_total', { channel: channel.name, outcome: 'failed' });
    log.warn({ err, channel: channel.name, proposal: proposal.id }, 'a proposal was not shown');
    return false;
  }
}

/** What a place shows; evidence that is renewed every cycle is not of it. */
function faceOf(
  proposal: Proposal,
  { now, undoFor }: { readonly now: EpochMs; readonly undoFor: number },
): unknown {
  const { state, meaning, moves, snoozedUntil = 0 } = proposal;
  return {
    state,
    meaning,
    moves: moves.length,
    isSnoozed: snoozedUntil > now,
    isUndoable: isUndoable(proposal, { now, undoFor }),
  };
}

/** People see what waits for them and how it ended; what was done without asking, where they want to be told. */
function isToBeShown(
  { state }: Proposal,
  { channel, shown }: { readonly channel: ProposalChannel; readonly shown: Shown | undefined },
): boolean {
  return (
    shown !== undefined ||
    state === 'open' ||
    state === 'approved' ||
    (state === 'applied' && channel.tellsDone === true)
  );
}

/** Whether a message in a chat follows this proposal: what becomes of it is said there. */
export function isInChat(
  { channels, memory }: Pick<Engine, 'channels' | 'memory'>,
  { id }: Pick<Proposal, 'id'>,
): boolean {
  return channels.some(
    ({ isChat, name }) =>
      isChat === true && memory.shown.get(shownKey(name, id))?.ref !== undefined,
  );
}

/** Asks every place what people said there since. One that cannot be reached is asked again the next time. */
export async function pollChannels(
  engine: Engine,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { memory, log, metrics } = engine;
  const waiting = memory.proposals.list().filter(isLive);
  for (const channel of engine.channels) {
    const shown = waiting.flatMap((proposal) => {
      const ref = memory.shown.get(shownKey(channel.name, proposal.id))?.ref;
      return ref === undefined ? [] : [{ proposal, ref }];
    });
    if (channel.poll === undefined || shown.length === 0) {
      continue;
    }
    try {
      const said = await channel.poll(shown, signal);
      for (const decision of said) {
        hear(engine, decision);
      }
      for (const decision of said) {
        const ref = shown.find(({ proposal }) => proposal.id === decision.proposal)?.ref;
        await answerUncounted(engine, { channel, decision, ref, signal });
      }
    } catch (err) {
      signal.throwIfAborted();
      metrics.add('goldsmith_proposals_shown_total', { channel: channel.name, outcome: 'failed' });
      log.warn({ err, channel: channel.name }, 'nobody could be heard');
    }
  }
}

/** Whoever said what does not count is told so where he said it, once for each reason. */
async function answerUncounted(
  { memory }: Pick<Engine, 'memory'>,
  {
    channel,
    decision,
    ref,
    signal,
  }: {
    readonly channel: ProposalChannel;
    readonly decision: Decision;
    readonly ref: ChannelRef | undefined;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const known = memory.heard.get(decision.token);
  const because = known?.ignored;
  if (known === undefined || because === undefined || ref === undefined) {
    return;
  }
  if (known.answered === because) {
    return;
  }
  await channel.answer?.(decision, { ref, because, signal });
  memory.heard.put(decision.token, { ...known, answered: because });
  // What he did changed the place, though not the proposal: it is shown anew where that takes it.
  const key = shownKey(channel.name, decision.proposal);
  const shown = memory.shown.get(key);
  if (shown !== undefined) {
    memory.shown.put(key, { ...shown, digest: '' });
  }
}
