import type { Clock, EpochMs } from '../../base/clock.ts';
import type { ChannelRef, Decision, ProposalChannel } from '../channel.ts';
import { type FilesParts, filesOf } from '../files/files-of.ts';
import { filesToWrite } from '../files/wanted-file.ts';
import type { Proposal } from '../proposal.ts';
import { branchName } from './branch-name.ts';
import { commitMessage } from './commit-message.ts';
import { type FileState, fileAt, standingOf, textOf, writeCommit } from './commits.ts';
import { findMerge } from './find-merge.ts';
import { type GitRef, readRef, writeRef } from './git-ref.ts';
import { type Clone, withClone } from './own-clone.ts';
import type { GitSettings } from './settings.ts';

export interface GitChannelParts {
  readonly settings: GitSettings;
  /** Of Goldsmith's own clone. */
  readonly folder: string;
  readonly files: FilesParts;
  /** Says when a branch was seen to be gone. */
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Proposals as branches of a plain git remote: one branch each, one commit on top of the base. Merging it is a yes, deleting it a no.
 * A branch with a commit of somebody else's is left as it is for good; nothing but branches under `goldsmith/` is ever written.
 */
export function gitChannel(parts: GitChannelParts): ProposalChannel {
  const { settings, folder } = parts;
  let before: Promise<unknown> = Promise.resolve();
  /** One command at a time works in the clone. */
  function inTurn<Result>(
    signal: AbortSignal,
    work: (clone: Clone) => Promise<Result>,
  ): Promise<Result> {
    const mine = before.then(() => withClone({ settings, folder, signal }, work));
    before = mine.catch(ignoreFailure);
    return mine;
  }
  return {
    name: 'git',
    show(proposal, { ref, now, signal }) {
      const known = readRef(ref);
      switch (proposal.state) {
        case 'open':
          return inTurn(signal, (clone) => offer(clone, { proposal, ref: known, now, parts }));
        case 'declined':
        case 'expired':
        case 'overtaken':
        case 'undone':
          return known === undefined
            ? Promise.resolve({ withdrawn: 1 })
            : inTurn(signal, (clone) => withdraw(clone, { ref: known, parts }));
        case 'drafted':
        case 'approved':
        case 'applied':
          return Promise.resolve(ref ?? {});
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
      return inTurn(signal, async (clone) => {
        const said: Decision[] = [];
        for (const each of waiting) {
          said.push(...(await heard(clone, { ...each, parts })));
        }
        return said;
      });
    },
  };
}

/** Whoever asked gets the failure; the next in turn does not. */
function ignoreFailure(): void {}

interface Shown {
  readonly proposal: Proposal;
  readonly ref: GitRef | undefined;
  readonly now: EpochMs;
  readonly parts: GitChannelParts;
}

async function offer(clone: Clone, shown: Shown): Promise<ChannelRef> {
  const { proposal, ref, parts } = shown;
  const branch = branchName(proposal);
  const head = clone.headOf(branch);
  const wasMerged =
    ref !== undefined &&
    (await findMerge(clone, { ref, dialect: parts.files.dialect })).kind !== 'not-merged';
  if (wasMerged && ref.meaning === proposal.meaning) {
    return writeRef(ref);
  }
  if (head === undefined) {
    // Deleted by a person, if it was shown and not merged: polling tells that as a no.
    return ref === undefined || wasMerged ? push(clone, { ...shown, head }) : writeRef(ref);
  }
  const standing = await standingOf(clone, { head, email: parts.settings.author.email });
  if (standing.kind === 'theirs') {
    return { ...(ref === undefined ? { branch } : writeRef(ref)), edited: 'by a person' };
  }
  if (standing.marks?.proposal === proposal.id && standing.marks.meaning === proposal.meaning) {
    return writeRef(
      ref?.head === head ? ref : await refOf(clone, { branch, head, meaning: proposal.meaning }),
    );
  }
  return push(clone, { ...shown, head });
}

interface Push extends Shown {
  /** Where the branch stands at the remote, all of it ours or merged: it must still stand there. */
  readonly head: string | undefined;
}

async function push(clone: Clone, { proposal, parts, now, head }: Push): Promise<ChannelRef> {
  const { base, git } = clone;
  const { remote } = parts.settings;
  const branch = branchName(proposal);
  const wanted = filesOf(proposal, parts.files);
  const texts = new Map<string, string>();
  for (const { path } of wanted) {
    const file = await fileAt(clone, { commit: base, path });
    if (file !== undefined) {
      texts.set(path, await textOf(clone, file.blob));
    }
  }
  const { changes, leftAlone } = filesToWrite(wanted, (path) => texts.get(path));
  if (changes.length === 0) {
    await deleteBranch(clone, { branch, head, remote });
    return { nothing: leftAlone.length === 0 ? 'to change' : 'that may be changed' };
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
  return writeRef({ branch, head: commit, base, meaning: proposal.meaning, files: blobs });
}

/** Of a branch of ours the daemon knows nothing of: it was killed after the push, or lost its state. */
async function refOf(
  clone: Clone,
  { branch, head, meaning }: Pick<GitRef, 'branch' | 'head' | 'meaning'>,
): Promise<GitRef> {
  const parent = (await clone.git(['rev-parse', `${head}^`])).trim();
  const told = await clone.git([
    'diff-tree',
    '-r',
    '-z',
    '--no-renames',
    '--no-commit-id',
    parent,
    head,
  ]);
  const words = told.split('\0');
  const files: FileState[] = [];
  for (let i = 0; i + 1 < words.length; i += 2) {
    const blob = words[i]?.split(' ')[3] ?? '';
    files.push([words[i + 1] ?? '', /^0+$/.test(blob) ? null : blob]);
  }
  return { branch, head, base: parent, meaning, files };
}

async function withdraw(
  clone: Clone,
  { ref, parts }: { readonly ref: GitRef; readonly parts: GitChannelParts },
): Promise<ChannelRef> {
  const { author, remote } = parts.settings;
  const head = clone.headOf(ref.branch);
  const standing =
    head === undefined ? undefined : await standingOf(clone, { head, email: author.email });
  if (standing?.kind === 'theirs') {
    return { ...writeRef(ref), edited: 'by a person' };
  }
  await deleteBranch(clone, { branch: ref.branch, head, remote });
  return { withdrawn: 1 };
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

async function heard(
  clone: Clone,
  {
    proposal,
    ref,
    parts,
  }: { readonly proposal: Proposal; readonly ref: GitRef; readonly parts: GitChannelParts },
): Promise<readonly Decision[]> {
  const merge = await findMerge(clone, { ref, dialect: parts.files.dialect });
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
          at: parts.clock.now(),
          reason: 'other',
          words: 'the branch was deleted without being merged',
        },
      ]
    : [];
}
