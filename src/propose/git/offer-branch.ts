import type { EpochMs } from '../../base/clock.ts';
import { type FilesParts, filesOf } from '../files/files-of.ts';
import { type FilesToWrite, filesToWrite, requireSafePath } from '../files/wanted-file.ts';
import type { Proposal } from '../proposal.ts';
import { branchName, branchStem } from './branch-name.ts';
import { commitMessage, relationMark } from './commit-message.ts';
import { changedFiles, standingOf, writeCommit } from './commits.ts';
import { findMerge, isHeld } from './find-merge.ts';
import type { GitRef } from './git-ref.ts';
import type { Clone } from './own-clone.ts';
import { readFiles } from './read-files.ts';
import type { GitSettings } from './settings.ts';

/** What stands at the remote after a proposal was offered. */
export type Offer =
  | {
      readonly kind: 'offered';
      readonly ref: GitRef;
      /** Branches of former proposals of the same, whose place it took: their daemon lost its state. */
      readonly replaced?: readonly string[];
    }
  | { readonly kind: 'merged'; readonly ref: GitRef }
  /** A person deleted the branch: polling tells that as a no. */
  | { readonly kind: 'deleted'; readonly ref: GitRef }
  /** Somebody committed to the branch: it is left as it is. */
  | { readonly kind: 'edited'; readonly branch: string; readonly ref: GitRef | undefined }
  /** The repository says what the proposal would write, or holds files that are not ours to write: there is no branch. */
  | { readonly kind: 'nothing'; readonly because: string };

export interface OfferRequest {
  readonly proposal: Proposal;
  /** Where it was offered last. */
  readonly ref: GitRef | undefined;
  /** Head of the branch that people merged, where the host says so: by whatever way, all that stood on it is on the base. */
  readonly mergedHead?: string | undefined;
  readonly now: EpochMs;
  readonly files: FilesParts;
  readonly settings: GitSettings;
}

/** Makes or renews a proposal's branch; a branch of the same meaning, or with somebody else's commit, is left as it is. */
export async function offerBranch(clone: Clone, request: OfferRequest): Promise<Offer> {
  const { proposal, ref, mergedHead, files, settings } = request;
  const branch = branchName(proposal);
  const head = clone.headOf(branch);
  const isTaken = mergedHead !== undefined && (head === undefined || head === mergedHead);
  const wasMerged =
    ref !== undefined &&
    (isTaken || (await findMerge(clone, { ref, dialect: files.dialect })).kind !== 'not-merged');
  if (wasMerged && ref.meaning === proposal.meaning) {
    return { kind: 'merged', ref };
  }
  if (head === undefined) {
    if (ref !== undefined && !wasMerged) {
      return { kind: 'deleted', ref };
    }
    const offer = await push(clone, { ...request, head });
    return offer.kind === 'offered' && ref === undefined
      ? { ...offer, replaced: await replaceFormer(clone, request) }
      : offer;
  }
  const standing = await standingOf(clone, { head, email: settings.author.email });
  if (standing.kind === 'theirs') {
    // Squashed, his commits are no ancestors of the base, which holds all that they did.
    const isOver = isTaken || (await isHeld(clone, head));
    return isOver ? push(clone, { ...request, head }) : { kind: 'edited', branch, ref };
  }
  const { marks } = standing;
  if (marks?.proposal === proposal.id && marks.meaning === proposal.meaning) {
    return {
      kind: 'offered',
      ref:
        ref?.head === head ? ref : await refOf(clone, { branch, head, meaning: proposal.meaning }),
    };
  }
  return push(clone, { ...request, head });
}

interface Push extends OfferRequest {
  /** Where the branch stands at the remote, all of it ours or merged: it must still stand there. */
  readonly head: string | undefined;
}

async function push(clone: Clone, { proposal, files, settings, now, head }: Push): Promise<Offer> {
  const { base, git } = clone;
  const { remote } = settings;
  const branch = branchName(proposal);
  const wanted = filesOf(proposal, files);
  const paths = wanted.map(({ path }) => path);
  paths.forEach(requireSafePath);
  const { texts, inTheWay } = await readFiles(clone, { commit: base, paths });
  const { changes, leftAlone } = filesToWrite(
    wanted.map((file) => {
      const because = inTheWay.get(file.path);
      return because === undefined
        ? file
        : { path: file.path, write: () => ({ kind: 'left-alone', because }) as const };
    }),
    (path) => texts.get(path),
  );
  if (changes.length === 0) {
    await deleteBranch(clone, { branch, head, remote });
    return { kind: 'nothing', because: whyNothing(leftAlone) };
  }
  const { commit, blobs } = await writeCommit(clone, {
    parent: base,
    changes,
    message: commitMessage(proposal, leftAlone),
    at: Math.floor(now / 1000),
  });
  await git([
    'push',
    '--quiet',
    '--no-verify',
    '--no-signed',
    `--force-with-lease=refs/heads/${branch}:${head ?? ''}`,
    '--end-of-options',
    remote,
    `${commit}:refs/heads/${branch}`,
  ]);
  return {
    kind: 'offered',
    ref: { branch, head: commit, base, meaning: proposal.meaning, files: blobs },
  };
}

/** Takes branches back that nobody knows any more: all ours, of the same kind about the same relation. */
async function replaceFormer(
  clone: Clone,
  { proposal, settings: { author, remote } }: OfferRequest,
): Promise<readonly string[]> {
  const stem = branchStem(proposal);
  const replaced: string[] = [];
  for (const branch of clone.branchesLike(stem)) {
    const head = clone.headOf(branch);
    const isFormer = /^[A-Za-z0-9]{1,8}$/.test(branch.slice(stem.length));
    if (head === undefined || !isFormer || branch === branchName(proposal)) {
      continue;
    }
    const standing = await standingOf(clone, { head, email: author.email });
    if (
      standing.kind === 'ours' &&
      standing.marks.relation === relationMark(proposal.relation) &&
      standing.marks.proposal !== proposal.id
    ) {
      await deleteBranch(clone, { branch, head, remote });
      replaced.push(branch);
    }
  }
  return replaced;
}

function whyNothing(leftAlone: FilesToWrite['leftAlone']): string {
  const words = leftAlone.map(({ path, because }) => `${path}: ${because}`).join('; ');
  return words === '' ? 'to change' : `that may be changed (${words.slice(0, 500)})`;
}

/** Of a branch of ours the daemon knows nothing of: it was killed after the push, or lost its state. */
async function refOf(
  clone: Clone,
  { branch, head, meaning }: Pick<GitRef, 'branch' | 'head' | 'meaning'>,
): Promise<GitRef> {
  const parent = (await clone.git(['rev-parse', `${head}^`])).trim();
  const files = await changedFiles(clone, { from: parent, to: head });
  return { branch, head, base: parent, meaning, files };
}

/** Whether somebody else committed to a branch. */
export async function isTheirs(
  clone: Clone,
  { ref, settings }: { readonly ref: GitRef; readonly settings: GitSettings },
): Promise<boolean> {
  const head = clone.headOf(ref.branch);
  return (
    head !== undefined &&
    (await standingOf(clone, { head, email: settings.author.email })).kind === 'theirs'
  );
}

/** Takes a branch back; one with somebody else's commit stays. Doing it again does nothing. */
export async function withdrawBranch(
  clone: Clone,
  { ref, settings }: { readonly ref: GitRef; readonly settings: GitSettings },
): Promise<'withdrawn' | 'edited'> {
  if (await isTheirs(clone, { ref, settings })) {
    return 'edited';
  }
  const { branch } = ref;
  await deleteBranch(clone, { branch, head: clone.headOf(branch), remote: settings.remote });
  return 'withdrawn';
}

/** Only while it is what we saw; somebody who pushed in between keeps the branch. */
async function deleteBranch(
  { git }: Clone,
  {
    branch,
    head,
    remote,
  }: { readonly branch: string; readonly head: string | undefined; readonly remote: string },
): Promise<void> {
  if (head !== undefined) {
    await git([
      'push',
      '--quiet',
      '--no-verify',
      `--force-with-lease=refs/heads/${branch}:${head}`,
      '--end-of-options',
      remote,
      `:refs/heads/${branch}`,
    ]);
  }
}
