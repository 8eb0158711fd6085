import type { Dialect } from '../../sql/dialect.ts';
import { sameStatement } from '../files/mart-sql.ts';
import {
  changedFiles,
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
 * Whether the base took the proposal in, and when: our commit is among its ancestors, or one of its commits since holds every file as we
 * left it (a squash, a rebase, a cherry-pick). That the files were changed again since does not matter.
 */
export async function findMerge(
  clone: Clone,
  { ref, dialect }: { readonly ref: GitRef; readonly dialect: Dialect },
): Promise<Merge> {
  const commit = (await reachedBy(clone, ref)) ?? (await firstThatHolds(clone, ref));
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
  const { git, base } = clone;
  const forked = (await git(['merge-base', base, head])).trim();
  const files = await changedFiles(clone, { from: forked, to: head });
  return (await firstThatHolds(clone, { base: forked, files })) !== undefined;
}

async function firstThatHolds(
  clone: Clone,
  ref: Pick<GitRef, 'base' | 'files'>,
): Promise<string | undefined> {
  const { git, base } = clone;
  const { files } = ref;
  if (files.length === 0) {
    return undefined;
  }
  const since = (await isKnown(clone, ref.base)) ? [`--not`, ref.base] : [];
  const told = await git([
    'rev-list',
    '--first-parent',
    `--max-count=${MOST_LOOKED_AT}`,
    base,
    ...since,
    '--',
    ...files.map(([path]) => path),
  ]);
  for (const commit of told
    .split('\n')
    .filter((line) => line !== '')
    .toReversed()) {
    if (await holds(clone, { commit, files })) {
      return commit;
    }
  }
  return undefined;
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
  if (!path.endsWith('.sql')) {
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
