import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { sameStatement } from '../files/mart-sql.ts';
import {
  changedFiles,
  changedLines,
  contentOf,
  entriesAt,
  type FileState,
  holds,
  isAncestor,
  isKnown,
  timeOf,
} from './commits.ts';
import type { GitRef } from './git-ref.ts';
import type { Clone } from './own-clone.ts';

export type Merge =
  | { readonly kind: 'merged'; readonly commit: string; readonly at: number }
  /** Merged with another statement than was proposed: a yes to that one, which Goldsmith did not prove. */
  | {
      readonly kind: 'merged-otherwise';
      readonly commit: string;
      readonly at: number;
      readonly path: string;
    }
  | { readonly kind: 'not-merged' };

/** Later commits of the base than this are not looked at one by one. */
const MOST_LOOKED_AT = 500;

/**
 * Whether the base took the proposal in, and when: our commit is among its ancestors, or one of its commits since holds what we proposed (a
 * squash, a rebase, a cherry-pick), whether the branch is still there or not. That the files were changed again since does not matter.
 */
export async function findMerge(
  clone: Clone,
  { ref, dialect }: { readonly ref: GitRef; readonly dialect: Dialect },
): Promise<Merge> {
  const commit =
    (await reachedBy(clone, ref)) ??
    (await firstThatHolds(clone, ref)) ??
    (await firstThatHoldsEdited(clone, ref)) ??
    (await firstWithItsWords(clone, { ref, dialect }));
  if (commit === undefined) {
    return { kind: 'not-merged' };
  }
  const at = await timeOf(clone, commit);
  const path = await otherStatementIn(clone, { commit, ref, dialect });
  return path === undefined
    ? { kind: 'merged', commit, at }
    : { kind: 'merged-otherwise', commit, at, path };
}

/** The path of a statement that a commit holds otherwise than it was proposed; undefined where there is none. */
export async function otherStatementIn(
  clone: Clone,
  {
    commit,
    ref,
    dialect,
  }: { readonly commit: string; readonly ref: GitRef; readonly dialect: Dialect },
): Promise<string | undefined> {
  for (const file of ref.files) {
    if (!(await isOurStatement(clone, { commit, file, dialect }))) {
      return file[0];
    }
  }
  return undefined;
}

/** The first commit of the base's own line that has ours among its ancestors. */
async function reachedBy(clone: Clone, { head }: GitRef): Promise<string | undefined> {
  const { git, base } = clone;
  if (!(await isKnown(clone, head)) || !(await isAncestor(clone, { commit: head, of: base }))) {
    return undefined;
  }
  const line = await git([
    'rev-list',
    '--first-parent',
    '--ancestry-path',
    '--reverse',
    `${head}..${base}`,
  ]);
  return line.split('\n')[0] || base;
}

/** Whether the base took in all that a branch changed, by whatever commits: a squash of it leaves none of its own there. */
export async function isHeld(clone: Clone, head: string): Promise<boolean> {
  const changes = await changesOf(clone, head);
  return (
    changes !== undefined &&
    (await firstThatHolds(clone, { base: changes.forked, files: changes.files })) !== undefined
  );
}

/**
 * What a branch changed, and since when: what the base itself changed meanwhile is none of it. Nothing of a branch that a person
 * began anew, without a commit in common with the base.
 */
async function changesOf(clone: Clone, head: string) {
  const forked = await forkOf(clone, head);
  return forked === undefined
    ? undefined
    : { forked, files: await changedFiles(clone, { from: forked, to: head }) };
}

async function forkOf(clone: Clone, head: string): Promise<string | undefined> {
  try {
    return (await clone.git(['merge-base', clone.base, head])).trim();
  } catch (error) {
    // Git ends with 1 where there is none, and with 128 where it fails.
    if (error instanceof GoldsmithError && error.details['exitCode'] === 1) {
      return undefined;
    }
    throw error;
  }
}

async function firstThatHolds(
  clone: Clone,
  ref: Pick<GitRef, 'base' | 'files'>,
): Promise<string | undefined> {
  for (const commit of await laterCommits(clone, ref)) {
    if (await holds(clone, { commit, files: ref.files })) {
      return commit;
    }
  }
  return undefined;
}

/** What stood on the branch last, where somebody else had written there: squashed, the base holds that. */
async function firstThatHoldsEdited(clone: Clone, ref: GitRef): Promise<string | undefined> {
  const head = clone.lastHeadOf(ref.branch);
  const isOfItsHistory =
    head !== undefined &&
    head !== ref.head &&
    (await isKnown(clone, ref.base)) &&
    (await isAncestor(clone, { commit: ref.base, of: clone.base })) &&
    (await isAncestor(clone, { commit: ref.base, of: head }));
  if (!isOfItsHistory) {
    return undefined;
  }
  const changes = await changesOf(clone, head);
  if (changes === undefined) {
    return undefined;
  }
  const { forked, files } = changes;
  const ours = new Set(ref.files.map(([path]) => path));
  // Put back to what the base holds, the branch asks for nothing any more.
  return files.some(([path]) => ours.has(path))
    ? firstThatHolds(clone, { base: forked, files })
    : undefined;
}

/**
 * The first later commit that has our statement, whatever was written beside it, or that changed our files just as we did, whatever else
 * had changed in them meanwhile.
 */
async function firstWithItsWords(
  clone: Clone,
  { ref, dialect }: { readonly ref: GitRef; readonly dialect: Dialect },
): Promise<string | undefined> {
  // A history that began anew was merged beside ours: where it began there is nothing to compare with.
  const later = await laterCommits(clone, { ...ref, only: ['--min-parents=1'] });
  const isOfItsHistory =
    later.length > 0 &&
    (await isKnown(clone, ref.base)) &&
    (await isAncestor(clone, { commit: ref.base, of: clone.base }));
  if (!isOfItsHistory) {
    return undefined;
  }
  const paths = ref.files.map(([path]) => path);
  // A statement that is to go is gone where it was only moved, too.
  const isWritten = ref.files.some(([path, blob]) => isStatement(path) && blob !== null);
  const change = (await isKnown(clone, ref.head))
    ? await changedLines(clone, { from: ref.base, to: ref.head, paths })
    : '';
  for (const commit of later) {
    const hasStatement =
      isWritten && (await otherStatementIn(clone, { commit, ref, dialect })) === undefined;
    const isSameChange =
      change !== '' &&
      (await changedLines(clone, { from: `${commit}^`, to: commit, paths })) === change;
    if (hasStatement || isSameChange) {
      return commit;
    }
  }
  return undefined;
}

/** Commits of the base's own line that changed these files since, the first of them first. */
async function laterCommits(
  clone: Clone,
  ref: Pick<GitRef, 'base' | 'files'> & { readonly only?: readonly string[] },
): Promise<readonly string[]> {
  const { git, base } = clone;
  const { files, only = [] } = ref;
  if (files.length === 0) {
    return [];
  }
  const since = (await isKnown(clone, ref.base)) ? [`--not`, ref.base] : [];
  const told = await git([
    'rev-list',
    '--first-parent',
    `--max-count=${MOST_LOOKED_AT}`,
    ...only,
    base,
    ...since,
    '--',
    ...files.map(([path]) => path),
  ]);
  return told
    .split('\n')
    .filter((line) => line !== '')
    .toReversed();
}

function isStatement(path: string): boolean {
  return path.endsWith('.sql');
}

/** What people write into a contract or beside a statement is theirs; the statement is what was agreed to. */
async function isOurStatement(
  clone: Clone,
  {
    commit,
    file,
    dialect,
  }: { readonly commit: string; readonly file: FileState; readonly dialect: Dialect },
): Promise<boolean> {
  const [path, blob] = file;
  if (!isStatement(path)) {
    return true;
  }
  const there = (await entriesAt(clone, { commit, paths: [path] })).get(path);
  if ((there?.blob ?? null) === blob) {
    return true;
  }
  return (
    there?.mode.startsWith('100') === true &&
    blob !== null &&
    (await isKnown(clone, blob)) &&
    sameStatement(await contentOf(clone, there.blob), await contentOf(clone, blob), dialect)
  );
}
