import type { ProposalChannel } from '../../propose/channel.ts';
import { slackChannel } from '../../propose/slack/slack-channel.ts';
import type { Engine } from '../engine.ts';
import { repositoryChannels } from './repository-channels.ts';

/** Where proposals are shown by these settings, besides the command line. */
export function proposalChannels(
  engine: Pick<Engine, 'config' | 'clock' | 'log' | 'connector' | 'ledger' | 'names' | 'parsers'>,
): readonly ProposalChannel[] {
  const { config, clock } = engine;
  const { slack: settings, undoFor } = config.propose;
  return [
    ...repositoryChannels(engine),
    ...(settings === undefined
      ? []
      : [slackChannel({ settings, clock, from: config.warehouse.name, undoFor })]),
  ];
}
