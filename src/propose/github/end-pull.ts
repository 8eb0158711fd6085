import type { ChannelRef } from '../channel.ts';
import { tame } from '../git/commit-message.ts';
import { BY_A_PERSON } from '../git/git-channel.ts';
import { readRef, writeRef } from '../git/git-ref.ts';
import { isTheirs, withdrawBranch } from '../git/offer-branch.ts';
import { agreedBy } from '../move.ts';
import type { Proposal } from '../proposal.ts';
import { inline } from './body-markdown.ts';
import { type PullWorld, pullOf, type ShownPull } from './offer-pull.ts';

/** The reason is said, the pull request closed, the branch taken back; where a person committed to it, both are theirs now. */
export async function endPull(
  { inClone }: Pick<PullWorld, 'inClone'>,
  { proposal, shown, pulls }: ShownPull,
): Promise<ChannelRef> {
  const known = readRef(shown.ref);
  if (known === undefined) {
    return { withdrawn: 1 };
  }
  const pull = await pullOf(pulls, { proposal, ref: shown.ref });
  return inClone(shown.signal, async (clone, settings) => {
    const theirs = await isTheirs(clone, { ref: known, settings });
    if (pull?.state === 'open') {
      const mark = `${proposal.id}:${proposal.state}`;
      await pulls.comment(pull.number, { text: farewell(proposal, theirs), mark });
      if (!theirs) {
        await pulls.change(pull.number, { state: 'closed' });
      }
    }
    return theirs || (await withdrawBranch(clone, { ref: known, settings })) === 'edited'
      ? {
          ...writeRef(known),
          ...(pull === undefined ? {} : { number: pull.number }),
          edited: BY_A_PERSON,
        }
      : { withdrawn: 1 };
  });
}

/** Somebody agreed elsewhere: whoever looks at the open pull request learns it there. */
export async function tellApplied({
  proposal,
  shown: { ref },
  pulls,
}: ShownPull): Promise<ChannelRef> {
  const pull = readRef(ref) === undefined ? undefined : await pullOf(pulls, { proposal, ref });
  if (pull?.state === 'open') {
    const agreed = agreedBy(proposal);
    const who = agreed.length === 0 ? '' : ` ${inline(tame(agreed.join(' and ')))} agreed.`;
    const text = `Applied.${who} Merging this keeps the files beside the warehouse; closing it changes nothing there.`;
    await pulls.comment(pull.number, { text, mark: `${proposal.id}:applied` });
  }
  return ref ?? {};
}

const WORDS = {
  declined: 'Declined',
  expired: 'Expired: nobody answered in time',
  overtaken: 'Overtaken',
  undone: 'Taken back',
} as const;

function farewell({ state, moves }: Proposal, theirs: boolean): string {
  const move = moves.findLast(({ to }) => to === state);
  const what = state in WORDS ? WORDS[state as keyof typeof WORDS] : 'Ended';
  const by = move === undefined || move.by === 'goldsmith' ? '' : ` by ${move.by}`;
  const why = [move?.reason, move?.words].filter((each) => each !== undefined).join(': ');
  const rest = theirs
    ? ' This branch holds commits of yours, so it stays as it is; Goldsmith does nothing more with it.'
    : '';
  return `${inline(`${what}${by}${why === '' ? '' : ` (${why})`}.`)}${rest}`;
}
