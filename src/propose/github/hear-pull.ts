import type { ChannelRef, Decision } from '../channel.ts';
import { isKnown } from '../git/commits.ts';
import { otherStatementIn } from '../git/find-merge.ts';
import { type GitRef, readRef } from '../git/git-ref.ts';
import type { Proposal } from '../proposal.ts';
import type { PullWorld } from './offer-pull.ts';
import { pullSaid } from './pull-said.ts';
import type { Pull, Pulls } from './pulls.ts';

/** What people said by merging or closing the pull request of a proposal. */
export async function hearPull(
  world: PullWorld,
  {
    proposal,
    ref,
    pulls,
    signal,
  }: {
    readonly proposal: Proposal;
    readonly ref: ChannelRef;
    readonly pulls: Pulls;
    readonly signal: AbortSignal;
  },
): Promise<readonly Decision[]> {
  const known = readRef(ref);
  const number = ref['number'];
  if (known === undefined || typeof number !== 'number') {
    return [];
  }
  const pull = await pulls.read(number);
  if (pull.state === 'open') {
    return [];
  }
  const merged = await lookAtMerge(world, { pull, ref: known, signal });
  return merged === undefined
    ? []
    : pullSaid({
        proposal,
        pull,
        repository: world.settings.repository,
        meaning: known.meaning,
        closedBy: isMerged(pull) ? undefined : await pulls.closedBy(number),
        now: world.clock.now(),
        ...merged,
      });
}

function isMerged({ merged_at: at }: Pull): boolean {
  return at !== null && at !== undefined;
}

interface LookedAt {
  readonly baseName: string;
  readonly otherStatement: string | undefined;
}

/** Undefined where the remote does not show the merge yet: the next cycle looks again. */
function lookAtMerge(
  { inClone, files }: PullWorld,
  {
    pull,
    ref,
    signal,
  }: { readonly pull: Pull; readonly ref: GitRef; readonly signal: AbortSignal },
): Promise<LookedAt | undefined> {
  return inClone(signal, async (clone): Promise<LookedAt | undefined> => {
    const { baseName } = clone;
    if (!isMerged(pull) || pull.base.ref !== baseName) {
      return { baseName, otherStatement: undefined };
    }
    const commit = pull.merge_commit_sha ?? '';
    const { dialect } = await files();
    return commit === '' || !(await isKnown(clone, commit))
      ? undefined
      : { baseName, otherStatement: await otherStatementIn(clone, { commit, ref, dialect }) };
  });
}
