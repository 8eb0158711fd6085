import { rmSync } from 'node:fs';
import { type CommitMarks, marksOf } from './commit-message.ts';
import type { Clone } from './own-clone.ts';

/** A file of a commit, without its text. */
export interface TreeFile {
  readonly mode: string;
  readonly blob: string;
}

/** What stands at these paths of a commit, plain file or not; where nothing does, they are left out. */
export async function entriesAt(
  { git }: Clone,
  { commit, paths }: { readonly commit: string; readonly paths: readonly string[] },
): Promise<ReadonlyMap<string, TreeFile>> {
  const entries = new Map<string, TreeFile>();
  if (paths.length === 0) {
    return entries;
  }
  const told = await git(['ls-tree', '-z', '--full-tree', commit, '--', ...paths]);
  for (const line of told.split('\0').filter((each) => each !== '')) {
    const [mode = '', , blob = ''] = line.slice(0, line.indexOf('\t')).split(' ');
    entries.set(line.slice(line.indexOf('\t') + 1), { mode, blob });
  }
  return entries;
}

/** What a blob holds, well-formed text or not. */
export function contentOf({ git }: Clone, blob: string): Promise<string> {
  return git(['cat-file', 'blob', blob]);
}

export interface NewCommit {
  readonly parent: string;
  readonly changes: readonly { readonly path: string; readonly text: string | undefined }[];
  readonly message: string;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** A commit on top of another that changes these files and nothing else; no work tree, no filter, no hook takes part. */
export async function writeCommit(
  clone: Clone,
  { parent, changes, message, at }: NewCommit,
): Promise<{ readonly commit: string; readonly blobs: readonly FileState[] }> {
  const { git, index } = clone;
  const env = { GIT_INDEX_FILE: index };
  for (const left of [index, `${index}.lock`]) {
    rmSync(left, { force: true });
  }
  const former = await entriesAt(clone, { commit: parent, paths: changes.map(({ path }) => path) });
  const blobs: FileState[] = [];
  const lines: string[] = [];
  for (const { path, text } of changes) {
    if (text === undefined) {
      blobs.push([path, null]);
      lines.push(`0 ${'0'.repeat(parent.length)}\t${path}\0`);
      continue;
    }
    const blob = (
      await git(['hash-object', '-w', '--no-filters', '--stdin'], { input: text })
    ).trim();
    const mode = former.get(path)?.mode ?? '100644';
    blobs.push([path, blob]);
    lines.push(`${mode} ${blob}\t${path}\0`);
  }
  await git(['read-tree', parent], { env });
  await git(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
  const tree = (await git(['write-tree'], { env })).trim();
  const date = `@${at} +0000`;
  const commit = await git(['commit-tree', tree, '-p', parent, '-F', '-'], {
    env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    input: message,
  });
  return { commit: commit.trim(), blobs };
}

/** A path and what stands there; null where nothing does. */
export type FileState = readonly [path: string, blob: string | null];

/** What differs between two commits, as the second has it. */
export async function changedFiles(
  { git }: Pick<Clone, 'git'>,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly FileState[]> {
  const told = await git(['diff-tree', '-r', '-z', '--no-renames', '--no-commit-id', from, to]);
  const words = told.split('\0');
  const files: FileState[] = [];
  for (let i = 0; i + 1 < words.length; i += 2) {
    const blob = words[i]?.split(' ')[3] ?? '';
    files.push([words[i + 1] ?? '', /^0+$/.test(blob) ? null : blob]);
  }
  return files;
}

/** The lines that differ between two commits in these files, without where they stand: the same change of files that differ elsewhere. */
export async function changedLines(
  { git }: Pick<Clone, 'git'>,
  {
    from,
    to,
    paths,
  }: { readonly from: string; readonly to: string; readonly paths: readonly string[] },
): Promise<string> {
  const told = await git([
    'diff-tree',
    '-r',
    '--patch',
    '--unified=0',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    from,
    to,
    '--',
    ...paths,
  ]);
  return told
    .split('\n')
    .filter((line) => /^[-+]/.test(line))
    .join('\n');
}

/** Whether a commit holds all of these files as they are here. */
export async function holds(
  clone: Clone,
  { commit, files }: { readonly commit: string; readonly files: readonly FileState[] },
): Promise<boolean> {
  const there = await entriesAt(clone, { commit, paths: files.map(([path]) => path) });
  return files.every(([path, blob]) => (there.get(path)?.blob ?? null) === blob);
}

export async function isAncestor(
  { git }: Pick<Clone, 'git'>,
  { commit, of }: { readonly commit: string; readonly of: string },
): Promise<boolean> {
  const base = await git(['rev-list', '--max-count=1', commit, '--not', of]);
  return base.trim() === '';
}

/** Whose a branch is: every commit on it that the base does not have counts. */
export type Standing =
  /** All of them carry our mark and our address. */
  | { readonly kind: 'ours'; readonly marks: CommitMarks }
  /** There are none: the base has them all. The marks are those of its head. */
  | { readonly kind: 'in-base'; readonly marks: CommitMarks | undefined }
  | { readonly kind: 'theirs' };

export async function standingOf(
  { git, base }: Clone,
  { head, email }: { readonly head: string; readonly email: string },
): Promise<Standing> {
  const marksIn = async (range: readonly string[]) => {
    const told = await git(['log', '-z', '--format=%ce%n%B', ...range]);
    return told
      .split('\0')
      .filter((each) => each !== '')
      .map((each) => {
        const [committer, ...message] = each.split('\n');
        return committer === email ? marksOf(message.join('\n')) : undefined;
      });
  };
  const [first, ...rest] = await marksIn([head, '--not', base]);
  if (first !== undefined && rest.every((each) => each?.proposal === first.proposal)) {
    return { kind: 'ours', marks: first };
  }
  if (await isAncestor({ git }, { commit: head, of: base })) {
    return { kind: 'in-base', marks: (await marksIn(['-1', head]))[0] };
  }
  return { kind: 'theirs' };
}

/** Whether a commit or blob is in the clone: what stood on a branch that was deleted is fetched no more. */
export async function isKnown({ git }: Clone, name: string): Promise<boolean> {
  const said = await git(['cat-file', '--batch-check'], { input: `${name}\n` });
  return /^[0-9a-f]+ (commit|blob) \d+$/.test(said.trim());
}

/** When a commit was made, in milliseconds. */
export async function timeOf({ git }: Clone, commit: string): Promise<number> {
  return Number((await git(['log', '-1', '--format=%ct', commit])).trim()) * 1000;
}
