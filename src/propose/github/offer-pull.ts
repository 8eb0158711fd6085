import type { Clock } from '../../base/clock.ts';
import type { ChannelRef, ShowParts } from '../channel.ts';
import type { FilesParts } from '../files/files-of.ts';
import { branchName } from '../git/branch-name.ts';
import { titleLine } from '../git/commit-message.ts';
import { refAfter } from '../git/git-channel.ts';
import { readRef } from '../git/git-ref.ts';
import { offerBranch } from '../git/offer-branch.ts';
import type { InClone } from '../git/open-clone.ts';
import type { Proposal } from '../proposal.ts';
import { bodyMarkdown, marksInBody, renewBody } from './body-markdown.ts';
import type { Pull, Pulls } from './pulls.ts';
import type { GithubSettings } from './settings.ts';

/** What every verb on a pull request needs beside it. */
export interface PullWorld {
  readonly settings: GithubSettings;
  readonly files: (proposal?: Proposal) => Promise<FilesParts>;
  readonly clock: Pick<Clock, 'now'>;
  readonly inClone: InClone;
}

export interface ShownPull {
  readonly proposal: Proposal;
  readonly shown: ShowParts;
  readonly pulls: Pulls;
}

/** Makes or renews the branch and its pull request. What is there is found before anything is made, so that nothing is made twice. */
export async function offerPull(
  { settings, files, inClone }: PullWorld,
  { proposal, shown, pulls }: ShownPull,
): Promise<ChannelRef> {
  const { ref, now, signal } = shown;
  const former = await rewordedPull(pulls, { proposal, ref });
  const { offered, baseName } = await inClone(signal, async (clone, git) => ({
    offered: await offerBranch(clone, {
      proposal,
      ref: readRef(ref),
      mergedHead: mergedHeadOf(former, clone),
      now,
      files: await files(proposal),
      settings: git,
    }),
    baseName: clone.baseName,
  }));
  const there = former ?? (await pullOf(pulls, { proposal, ref }));
  const kept = (pull: Pull): ChannelRef => ({ ...refAfter(offered), number: pull.number });
  if (offered.kind === 'nothing') {
    // Without its branch GitHub closes it by itself; the reason is said all the same.
    if (there !== undefined && !isMerged(there)) {
      const text = 'The repository holds all of this by now: there is nothing left to change.';
      await pulls.comment(there.number, { text, mark: `${proposal.id}:nothing` });
      if (there.state === 'open') {
        await pulls.change(there.number, { state: 'closed' });
      }
    }
    return refAfter(offered);
  }
  if (there?.state === 'open') {
    if (offered.kind === 'offered') {
      await renew(pulls, { pull: there, proposal, label: settings.label });
    }
    if (offered.kind === 'edited') {
      await sayReworded(pulls, { pull: there, proposal });
    }
    return kept(there);
  }
  // One that people closed or merged is told by polling; a merged one of another meaning has had its answer, and the new one gets its own.
  const wasNothing = ref?.['nothing'] !== undefined;
  const isAnswered =
    there !== undefined &&
    !wasNothing &&
    (offered.kind !== 'offered' || !isNewSince(there, offered.ref.head));
  if (isAnswered || offered.kind !== 'offered') {
    return there === undefined ? refAfter(offered) : kept(there);
  }
  const opened = await pulls.open({
    title: titleLine(proposal.body),
    head: offered.ref.branch,
    base: baseName,
    body: bodyMarkdown(proposal),
  });
  if (opened === undefined) {
    return refAfter(offered);
  }
  await pulls.label(opened.number, settings.label);
  for (const branch of offered.replaced ?? []) {
    await sayReplaced(pulls, { branch, by: opened.number });
  }
  return kept(opened);
}

/** Without its branch GitHub closed it; it says where the question is asked now. */
async function sayReplaced(
  pulls: Pulls,
  { branch, by }: { readonly branch: string; readonly by: number },
): Promise<void> {
  const [former] = await pulls.from(branch);
  if (former !== undefined && !isMerged(former)) {
    await pulls.comment(former.number, {
      text: `Asked anew in #${by}.`,
      mark: `replaced-by-${by}`,
    });
  }
}

/** A branch with a person's commits is not renewed: who looks at it learns that it says what would have been done before. */
async function sayReworded(
  pulls: Pulls,
  { pull, proposal }: { readonly pull: Pull; readonly proposal: Proposal },
): Promise<void> {
  const { id, meaning } = proposal;
  const told = marksInBody(pull.body ?? '')?.meaning;
  if (told === undefined || told === meaning) {
    return;
  }
  await pulls.comment(pull.number, {
    text: `What this would do changed since, and this branch holds commits of yours, so it stays as it is. Merging it is no yes to what would be done now: \`goldsmith proposals show ${id.slice(0, 8)}\` tells that.`,
    mark: `${id}:reworded-${meaning.slice(0, 12)}`,
  });
}

/** The pull request of words that are others by now: whether people merged it decides what becomes of its branch. */
async function rewordedPull(
  pulls: Pulls,
  { proposal, ref }: { readonly proposal: Proposal; readonly ref: ChannelRef | undefined },
): Promise<Pull | undefined> {
  const number = ref?.['number'];
  const isReworded = readRef(ref)?.meaning !== proposal.meaning;
  return typeof number === 'number' && isReworded ? pulls.read(number) : undefined;
}

function mergedHeadOf(
  pull: Pull | undefined,
  { baseName }: { readonly baseName: string },
): string | undefined {
  return pull !== undefined && isMerged(pull) && pull.base.ref === baseName
    ? pull.head.sha
    : undefined;
}

function isMerged({ merged_at: at }: Pull): boolean {
  return at !== null && at !== undefined;
}

/** A pull request that ended with other commits than the branch has now. */
function isNewSince(pull: Pull, head: string): boolean {
  return isMerged(pull) && pull.head.sha !== head;
}

/** The one we know of, else the newest that was opened from its branch: an answer to opening it may have been lost. */
export async function pullOf(
  pulls: Pulls,
  { proposal, ref }: { readonly proposal: Proposal; readonly ref: ChannelRef | undefined },
): Promise<Pull | undefined> {
  const number = ref?.['number'];
  return typeof number === 'number'
    ? pulls.read(number)
    : (await pulls.from(branchName(proposal)))[0];
}

/** Title and body follow the meaning; a title a person gave, and what stands around our part of the body, stay. */
async function renew(
  pulls: Pulls,
  {
    pull,
    proposal,
    label,
  }: { readonly pull: Pull; readonly proposal: Proposal; readonly label: string },
): Promise<void> {
  if (marksInBody(pull.body ?? '')?.meaning !== proposal.meaning) {
    await pulls.change(pull.number, { body: renewBody(pull.body ?? '', bodyMarkdown(proposal)) });
  }
  if (!pull.labels.some(({ name }) => name === label)) {
    await pulls.label(pull.number, label);
  }
}
