import type { Clock } from '../../base/clock.ts';
import type { Decision, ProposalChannel } from '../channel.ts';
import type { FilesParts } from '../files/files-of.ts';
import { isToBeRecorded, whereItStands } from '../git/git-channel.ts';
import { openClone } from '../git/open-clone.ts';
import { probeRemote } from '../git/probe-remote.ts';
import type { Proposal } from '../proposal.ts';
import { asGit } from './as-git.ts';
import { endPull, tellApplied } from './end-pull.ts';
import { type GithubApi, openGithubApi } from './github-api.ts';
import { hearPull } from './hear-pull.ts';
import { offerPull } from './offer-pull.ts';
import { openPulls } from './pulls.ts';
import type { GithubSettings } from './settings.ts';
import { openSignIn } from './sign-in.ts';
import { tellUncounted } from './tell-uncounted.ts';

export interface GithubChannelParts {
  readonly settings: GithubSettings;
  /** Of Goldsmith's own clone. */
  readonly folder: string;
  /** What files are made from, as it is at the moment; of one proposal, with what only its files need. */
  readonly files: (proposal?: Proposal) => Promise<FilesParts>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
}

/** One answer of the API may take this long. */
const TIMEOUT_MS = 30_000;

/**
 * Proposals as pull requests. Branches are pushed with git, which alone can put one commit in the place of another *only if* it still is
 * the one we saw: the REST API knows no such lease. Everything about the pull request itself goes over the API.
 */
export function githubChannel({
  settings,
  folder,
  files,
  clock,
}: GithubChannelParts): ProposalChannel {
  const { repository } = settings;
  const signIn = openSignIn(settings, { api: () => api, clock });
  const api: GithubApi = openGithubApi({
    apiUrl: settings.apiUrl,
    clock,
    timeoutMs: TIMEOUT_MS,
    authorization: async (signal) => `Bearer ${await signIn.token(signal)}`,
    forget: signIn.forget,
  });
  const inClone = openClone({
    folder,
    settingsOf: async (signal) => asGit(settings, await signIn.token(signal)),
  });
  const world = { settings, files, clock, inClone };

  return {
    name: 'github',
    whereabouts: (ref) =>
      whereItStands(
        ref,
        ref['number'] === undefined
          ? `branch ${String(ref['branch'])}`
          : `pull request ${ref['number']} of ${repository}`,
      ),
    async probe(signal) {
      await openPulls(api, { repository, signal }).from('goldsmith/probe');
      const pushed = await inClone(signal, probeRemote);
      return `pull requests of ${repository} can be read; ${pushed}`;
    },
    tellsDone: true,
    async show(proposal, shown) {
      const pulls = openPulls(api, { repository, signal: shown.signal });
      switch (proposal.state) {
        case 'open':
          return offerPull(world, { proposal, shown, pulls });
        case 'declined':
        case 'expired':
        case 'overtaken':
        case 'undone':
          return endPull(world, { proposal, shown, pulls });
        case 'drafted':
        case 'approved':
          return shown.ref ?? {};
        case 'applied':
          return isToBeRecorded(proposal, { ref: shown.ref, settings: (await files()).settings })
            ? offerPull(world, { proposal, shown, pulls })
            : tellApplied({ proposal, shown, pulls });
      }
    },
    async poll(shown, signal) {
      const pulls = openPulls(api, { repository, signal });
      const said: Decision[] = [];
      for (const { proposal, ref } of shown) {
        said.push(...(await hearPull(world, { proposal, ref, pulls, signal })));
      }
      return said;
    },
    async answer(decision, { ref, because, signal }) {
      await tellUncounted({
        decision,
        ref,
        because,
        pulls: openPulls(api, { repository, signal }),
      });
    },
  };
}
