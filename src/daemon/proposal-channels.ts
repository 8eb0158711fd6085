import type { ProposalChannel } from '../propose/channel.ts';
import type { Engine } from './engine.ts';
import { repositoryChannels } from './repository-channels.ts';

/** Where proposals are shown by these settings, besides the command line. */
export function proposalChannels(
  engine: Pick<Engine, 'config' | 'clock' | 'log' | 'connector' | 'ledger'>,
): readonly ProposalChannel[] {
  return [...repositoryChannels(engine)];
}
