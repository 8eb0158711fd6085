import type { ProposalChannel } from '../propose/channel.ts';
import type { Engine } from './engine.ts';

/** Where proposals are shown by these settings, besides the command line. */
export function proposalChannels(
  _engine: Pick<Engine, 'config' | 'clock' | 'log'>,
): readonly ProposalChannel[] {
  return [];
}
