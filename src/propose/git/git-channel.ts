import type { Clock } from '../../base/clock.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { ChannelRef, Decision, ProposalChannel } from '../channel.ts';
import type { FilesParts } from '../files/files-of.ts';
import type { FileSettings } from '../files/settings.ts';
import type { Proposal } from '../proposal.ts';
import { findMerge } from './find-merge.ts';
import { type GitRef, readRef, writeRef } from './git-ref.ts';
import { type Offer, offerBranch, withdrawBranch } from './offer-branch.ts';
import { openClone } from './open-clone.ts';
import type { Clone } from './own-clone.ts';
import { probeRemote } from './probe-remote.ts';
import type { GitSettings } from './settings.ts';

export interface GitChannelParts {
  readonly settings: GitSettings;
  /** Of Goldsmith's own clone. */
  readonly folder: string;
  /** What files are made from, as it is at the moment; of one proposal, with what only its files need. */
  readonly files: (proposal?: Proposal) => Promise<FilesParts>;
  /** Says when a branch was seen to be gone. */
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Proposals as branches of a plain git remote: one branch each, one commit on top of the base. Merging it is a yes, deleting it a no.
 * A branch with a commit of somebody else's is left as it is; nothing but branches under `goldsmith/` is ever written.
 */
export function gitChannel({ settings, folder, files, clock }: GitChannelParts): ProposalChannel {
  const inClone = openClone({ folder, settingsOf: () => Promise.resolve(settings) });
  return {
    name: 'git',
    whereabouts: (ref) => whereItStands(ref, `branch ${String(ref['branch'])}`),
    probe: (signal) => inClone(signal, (clone) => probeRemote(clone, settings)),
    tellsDone: true,
    async show(proposal, { ref, now, signal }) {
      const known = readRef(ref);
      const offer = () =>
        inClone(signal, async (clone) => {
          const parts = await files(proposal);
          return refAfter(
            await offerBranch(clone, { proposal, ref: known, now, files: parts, settings }),
          );
        });
      switch (proposal.state) {
        case 'open':
          return offer();
        case 'declined':
        case 'expired':
        case 'overtaken':
        case 'undone':
          return known === undefined
            ? { withdrawn: 1 }
            : inClone(signal, async (clone) =>
                (await withdrawBranch(clone, { ref: known, settings })) === 'withdrawn'
                  ? { withdrawn: 1 }
                  : { ...writeRef(known), edited: BY_A_PERSON },
              );
        case 'drafted':
        case 'approved':
          return ref ?? {};
        case 'applied':
          return isToBeRecorded(proposal, { ref, settings: (await files()).settings })
            ? offer()
            : (ref ?? {});
      }
    },
    async poll(shown, signal) {
      const waiting = shown.flatMap(({ proposal, ref }) => {
        const known = readRef(ref);
        return known === undefined ? [] : [{ proposal, ref: known }];
      });
      if (waiting.length === 0) {
        return [];
      }
      return inClone(signal, async (clone) => {
        const { dialect } = await files();
        const said: Decision[] = [];
        for (const each of waiting) {
          said.push(...(await heard(clone, { ...each, dialect, clock })));
        }
        return said;
      });
    },
  };
}

/** What was done without asking is offered to the repository once: it is no question, and nothing follows from what becomes of it. */
export function isToBeRecorded(
  { kind }: Proposal,
  { ref, settings }: { readonly ref: ChannelRef | undefined; readonly settings: FileSettings },
): boolean {
  return ref === undefined && kind !== 'edit' && settings.record.includes(kind);
}

/** In words, where it stands in a repository. */
export function whereItStands(ref: ChannelRef, name: string): string {
  if (ref['nothing'] !== undefined) {
    return `nothing ${ref['nothing']}`;
  }
  if (ref['withdrawn'] !== undefined) {
    return 'taken back';
  }
  if (ref['branch'] === undefined) {
    return 'not shown';
  }
  return ref['edited'] === undefined
    ? name
    : `${name}, edited ${ref['edited']}: it is left as it is`;
}

export const BY_A_PERSON = 'by a person';

/** What the daemon keeps of an offer. */
export function refAfter(offer: Offer): ChannelRef {
  switch (offer.kind) {
    case 'offered':
    case 'merged':
    case 'deleted':
      return writeRef(offer.ref);
    case 'edited':
      return {
        ...(offer.ref === undefined ? { branch: offer.branch } : writeRef(offer.ref)),
        edited: BY_A_PERSON,
      };
    case 'nothing':
      return { nothing: offer.because };
  }
}

async function heard(
  clone: Clone,
  {
    proposal,
    ref,
    dialect,
    clock,
  }: {
    readonly proposal: Proposal;
    readonly ref: GitRef;
    readonly dialect: Dialect;
    readonly clock: Pick<Clock, 'now'>;
  },
): Promise<readonly Decision[]> {
  const merge = await findMerge(clone, { ref, dialect });
  const said = { proposal: proposal.id, token: `git:${ref.branch}:${ref.head}` };
  if (merge.kind === 'merged' || (merge.kind === 'merged-otherwise' && proposal.kind === 'edit')) {
    return [{ ...said, move: 'approve', by: 'git:merge', at: merge.at, meaning: ref.meaning }];
  }
  if (merge.kind === 'merged-otherwise') {
    return [
      {
        ...said,
        move: 'decline',
        by: 'git:merge',
        at: merge.at,
        reason: 'other',
        words: `merged with another statement in ${merge.path}: that one was not proved, so nothing is built from it`,
      },
    ];
  }
  return clone.headOf(ref.branch) === undefined
    ? [
        {
          ...said,
          move: 'decline',
          by: 'git:delete',
          at: clock.now(),
          reason: 'other',
          words: 'the branch was deleted without being merged',
        },
      ]
    : [];
}
