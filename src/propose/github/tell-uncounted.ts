import { digestOf } from '../../base/digest.ts';
import type { ChannelRef, Decision } from '../channel.ts';
import { tame } from '../git/commit-message.ts';
import { inline } from './body-markdown.ts';
import type { Pulls } from './pulls.ts';

/** Who merged or closed a pull request without being asked to decide learns it there: one comment for each reason. */
export async function tellUncounted({
  decision,
  ref,
  because,
  pulls,
}: {
  readonly decision: Decision;
  readonly ref: ChannelRef;
  readonly because: string;
  readonly pulls: Pulls;
}): Promise<void> {
  const number = ref['number'];
  if (typeof number !== 'number') {
    return;
  }
  const { proposal, move, token } = decision;
  const what = move === 'approve' ? 'This merge is no yes' : 'This is no answer';
  const verb = move === 'approve' ? 'approve' : 'decline';
  const text = `${inline(`${what}: ${tame(because)}.`)} Goldsmith does nothing in the warehouse because of it; who may decide can still say \`goldsmith ${verb} ${proposal.slice(0, 8)}\`.`;
  await pulls.comment(number, {
    text,
    mark: `${proposal}:uncounted-${digestOf([token, because]).slice(0, 12)}`,
  });
}
