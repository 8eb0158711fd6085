import { BRANCH_PREFIX } from './branch-name.ts';
import type { Clone } from './own-clone.ts';
import type { GitSettings } from './settings.ts';

/** Goes as far as a push goes without pushing: the remote answers, has the branch, and lets us write. */
export async function probeRemote(
  { git, base, baseName }: Clone,
  { remote }: Pick<GitSettings, 'remote'>,
): Promise<string> {
  await git([
    'push',
    '--dry-run',
    '--quiet',
    '--no-verify',
    '--end-of-options',
    remote,
    `${base}:refs/heads/${BRANCH_PREFIX}probe`,
  ]);
  return `branches can be pushed, to be merged into ${baseName}`;
}
