import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../base/digest.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { BRANCH_PREFIX } from './branch-name.ts';
import { gitError } from './git-error.ts';
import { openGit, type RunGit } from './run-git.ts';
import type { GitSettings } from './settings.ts';

/** Goldsmith's own clone, as the remote was at the last fetch. It has no work tree: no file of the repository is ever checked out. */
export interface Clone {
  readonly git: (args: readonly string[], more?: GitMore) => Promise<string>;
  /** Scratch index of the clone. */
  readonly index: string;
  /** The branch proposals are merged into, and its head. */
  readonly baseName: string;
  readonly base: string;
  /** Head of one of our branches at the remote; undefined where there is none. */
  headOf(branch: string): string | undefined;
  /** The last head of one of our branches that was seen, also where the branch is gone by now. */
  lastHeadOf(branch: string): string | undefined;
  /** Our branches at the remote whose names begin so. */
  branchesLike(prefix: string): readonly string[];
}

export interface GitMore {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const REMOTE = 'refs/remotes/origin/';
/** Heads of our branches as they were seen last: a fetch takes none of these away. */
const SEEN = 'refs/goldsmith-seen/';

/**
 * Fetches and hands the clone to `work`. Nothing is kept in it alone but what people had written on branches that are gone: where it was left
 * half-done by a kill, or is broken, it is made anew once and the work is done again.
 */
export async function withClone<Result>(
  {
    settings,
    folder,
    signal,
  }: { readonly settings: GitSettings; readonly folder: string; readonly signal: AbortSignal },
  work: (clone: Clone) => Promise<Result>,
): Promise<Result> {
  const path = join(folder, `${sha256(settings.remote).slice(0, 16)}.git`);
  const git = openGit(settings, path);
  const attempt = async () => work(await fetchClone({ settings, git, path, signal }));
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof GoldsmithError && error.code === 'GIT_FAILED')) {
      throw error;
    }
    rmSync(path, { recursive: true, force: true });
    return attempt();
  }
}

interface FetchParts {
  readonly settings: GitSettings;
  readonly git: RunGit;
  readonly path: string;
  readonly signal: AbortSignal;
}

async function fetchClone({ settings, git, path, signal }: FetchParts): Promise<Clone> {
  const run: Clone['git'] = (args, more = {}) => git({ args, ...more, signal });
  if (!existsSync(join(path, 'HEAD'))) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    await run(['init', '--quiet', '--bare', '--template=', path]);
  }
  const baseName = settings.branch ?? (await defaultBranch(run, settings.remote));
  await run([
    'fetch',
    '--quiet',
    '--no-tags',
    '--prune',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--end-of-options',
    settings.remote,
    `+refs/heads/${baseName}:${REMOTE}${baseName}`,
    `+refs/heads/${BRANCH_PREFIX}*:${REMOTE}${BRANCH_PREFIX}*`,
  ]);
  const refs = await run(['for-each-ref', '--format=%(objectname) %(refname)', REMOTE, SEEN]);
  const heads = headsUnder(REMOTE, refs);
  const seen = headsUnder(SEEN, refs);
  const moved = [...heads].filter(
    ([branch, head]) => branch.startsWith(BRANCH_PREFIX) && seen.get(branch) !== head,
  );
  if (moved.length > 0) {
    const input = moved.map(([branch, head]) => `update ${SEEN}${branch} ${head}\n`).join('');
    await run(['update-ref', '--stdin'], { input });
  }
  const base = heads.get(baseName);
  if (base === undefined) {
    throw missingBranch(settings.token);
  }
  return {
    git: run,
    index: join(path, 'goldsmith-index'),
    baseName,
    base,
    headOf: (branch) => heads.get(branch),
    lastHeadOf: (branch) => heads.get(branch) ?? seen.get(branch),
    branchesLike: (prefix) => [...heads.keys()].filter((name) => name.startsWith(prefix)),
  };
}

/** Branch to head, of lines as `for-each-ref` tells them. */
function headsUnder(prefix: string, refs: string): ReadonlyMap<string, string> {
  return new Map(
    refs
      .split('\n')
      .map((line) => [line.slice(line.indexOf(' ') + 1), line.split(' ')[0] ?? ''] as const)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, head]) => [name.slice(prefix.length), head]),
  );
}

async function defaultBranch(git: Clone['git'], remote: string): Promise<string> {
  const said = await git(['ls-remote', '--symref', '--end-of-options', remote, 'HEAD']);
  const name = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(said)?.[1];
  if (name === undefined) {
    throw missingBranch(undefined);
  }
  return name;
}

function missingBranch(token: string | undefined): GoldsmithError {
  return gitError({ verb: 'fetch', said: "couldn't find remote ref", hasTimedOut: false, token });
}
