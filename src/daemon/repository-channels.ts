import { dirname, join, resolve } from 'node:path';
import type { ProposalChannel } from '../propose/channel.ts';
import type { FilesParts } from '../propose/files/files-of.ts';
import { gitChannel } from '../propose/git/git-channel.ts';
import { githubChannel } from '../propose/github/github-channel.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { Engine } from './engine.ts';

/** Proposals as branches and pull requests, where a repository is configured. */
export function repositoryChannels({
  config,
  clock,
  connector,
  ledger,
}: Pick<Engine, 'config' | 'clock' | 'connector' | 'ledger'>): readonly ProposalChannel[] {
  const { git, github, files: settings } = config.propose;
  const beside = dirname(resolve(config.state.path));
  const files = async (): Promise<FilesParts> => {
    const marts = new Map(
      (await ledger.readMarts()).map((mart) => [mart.definition.relation, mart]),
    );
    return {
      settings,
      dialect: dialectOf(connector.dialect),
      martOf: (relation) => marts.get(relation),
    };
  };
  return [
    ...(git === undefined
      ? []
      : [
          gitChannel({
            settings: git,
            folder: git.folder ?? join(beside, 'goldsmith-git'),
            files,
            clock,
          }),
        ]),
    ...(github === undefined
      ? []
      : [
          githubChannel({
            settings: github,
            folder: github.folder ?? join(beside, 'goldsmith-github'),
            files,
            clock,
          }),
        ]),
  ];
}
