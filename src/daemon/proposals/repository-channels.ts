import { dirname, join, resolve } from 'node:path';
import type { MartDefinition } from '../../marts/mart.ts';
import type { ProposalChannel } from '../../propose/channel.ts';
import type { FilesParts } from '../../propose/files/files-of.ts';
import { groupingKey } from '../../propose/files/grouping-key.ts';
import { gitChannel } from '../../propose/git/git-channel.ts';
import { githubChannel } from '../../propose/github/github-channel.ts';
import type { Proposal } from '../../propose/proposal.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { Engine } from '../engine.ts';
import { saidBySources } from './said-by-sources.ts';

/** Proposals as branches and pull requests, where a repository is configured. */
export function repositoryChannels(
  engine: Pick<Engine, 'config' | 'clock' | 'connector' | 'ledger' | 'parsers' | 'names'>,
): readonly ProposalChannel[] {
  const { config, clock, connector, ledger, parsers } = engine;
  const { git, github, files: settings } = config.propose;
  const beside = dirname(resolve(config.state.path));
  const files = async (proposal?: Proposal): Promise<FilesParts> => {
    const marts = new Map(
      (await ledger.readMarts()).map((mart) => [mart.definition.relation, mart]),
    );
    const keys = await keysOf(
      (proposal?.steps ?? []).flatMap(({ action }) =>
        'definition' in action ? [action.definition] : (marts.get(action.mart)?.definition ?? []),
      ),
      { connector, parsers },
    );
    const made = (proposal?.steps ?? []).flatMap(({ action }) =>
      'definition' in action ? [action.definition] : [],
    );
    const said = await saidBySources(engine, { definitions: made, marts: [...marts.values()] });
    return {
      settings,
      dialect: dialectOf(connector.dialect),
      martOf: (relation) => marts.get(relation),
      keyOf: ({ sql }) => keys.get(sql),
      saidOf: ({ sql }) => said.get(sql),
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

/** What the statements group by, by their text; a statement no parser reads has no key. */
async function keysOf(
  definitions: readonly MartDefinition[],
  { connector: { dialect }, parsers }: Pick<Engine, 'connector' | 'parsers'>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const outcomes = await parsers.parse(definitions.map(({ sql }) => ({ sql, dialect })));
  const keys = new Map<string, readonly string[]>();
  definitions.forEach(({ sql, columns }, nth) => {
    const outcome = outcomes[nth];
    const [statement] = outcome?.kind === 'parsed' ? outcome.statements : [];
    const key = statement?.kind === 'query' ? groupingKey(statement.query, columns) : undefined;
    if (key !== undefined && key.length > 0) {
      keys.set(sql, key);
    }
  });
  return keys;
}
