import { DAY_MS, dayOf, type EpochMs } from '../base/clock.ts';
import { counted } from '../base/counted.ts';
import { mayApprove, mayDecline } from './approval-policy.ts';
import type { Decision } from './channel.ts';
import { agreedBy, moveProposal } from './move.ts';
import type { Move, Proposal } from './proposal.ts';
import type { ProposeSettings } from './settings.ts';

/** What came of something a person said. */
export type Heard =
  /** `says` is one sentence for whoever said it. */
  | { readonly kind: 'moved'; readonly proposal: Proposal; readonly says: string }
  | { readonly kind: 'ignored'; readonly because: string };

const SNOOZED_DAYS = 7;

/**
 * What a proposal becomes when somebody says something about it: only who is listed counts, only for what he saw, and only while
 * it waits. The second of two who say the same finds it done.
 */
export function hearDecision(
  proposal: Proposal,
  {
    decision,
    settings,
    now,
  }: { readonly decision: Decision; readonly settings: ProposeSettings; readonly now: EpochMs },
): Heard {
  const at = Math.min(decision.at, now);
  const { by, meaning } = decision;
  const forbidden = whyNotHe(proposal, { decision, settings });
  if (forbidden !== undefined) {
    return ignored(forbidden);
  }
  if (meaning !== undefined && meaning !== proposal.meaning) {
    return ignored(`${titleOf(proposal)} was reworded since ${by} saw it: look at it again`);
  }
  const said = { at, by, ...wordsOf(decision) };
  switch (decision.move) {
    case 'approve':
      return approve(proposal, { said, settings });
    case 'decline':
      return moved(proposal, { ...said, to: 'declined' }, 'declined');
    case 'snooze': {
      const until = at + (decision.days ?? SNOOZED_DAYS) * DAY_MS;
      return moved(proposal, { ...said, to: 'snoozed' }, `snoozed until ${dayOf(until)}`, {
        snoozedUntil: until,
        expiresAt: Math.max(proposal.expiresAt, until + settings.openFor),
      });
    }
    case 'undo':
      return moved(proposal, { ...said, to: 'undone' }, 'taken back');
  }
}

function approve(
  proposal: Proposal,
  { said, settings }: { readonly said: Omit<Move, 'to'>; readonly settings: ProposeSettings },
): Heard {
  const before = agreedBy(proposal);
  const needed = settings.needed[proposal.kind];
  const agreed = new Set([...before, said.by]).size;
  if (proposal.state === 'approved') {
    return ignored(`${before.join(' and ')} approved it already`);
  }
  if (isWaiting(proposal) && agreed < needed && before.includes(said.by)) {
    return ignored(`${said.by} said yes to it already`);
  }
  if (isWaiting(proposal) && said.at >= proposal.expiresAt) {
    return ignored(`it expired on ${dayOf(proposal.expiresAt)}`);
  }
  return agreed < needed
    ? moved(
        proposal,
        { ...said, to: 'agreed' },
        `agreed to by ${agreed} of ${counted(needed, 'person', 'people')}`,
      )
    : moved(proposal, { ...said, to: 'approved' }, 'approved', {
        expiresAt: said.at + settings.approvedFor,
      });
}

function isWaiting({ state }: Proposal): boolean {
  return state === 'drafted' || state === 'open';
}

function whyNotHe(
  { kind }: Proposal,
  {
    decision: { by, move },
    settings,
  }: { readonly decision: Decision; readonly settings: ProposeSettings },
): string | undefined {
  const may =
    move === 'decline' || move === 'snooze'
      ? mayDecline(by, kind, settings)
      : mayApprove(by, kind, settings);
  return may
    ? undefined
    : `${by} is not listed in propose.approvals.${kind}, so this does not count`;
}

function moved(
  proposal: Proposal,
  move: Move,
  done: string,
  changes: Parameters<typeof moveProposal>[2] = {},
): Heard {
  const answer = moveProposal(proposal, move, changes);
  return answer.kind === 'illegal'
    ? ignored(answer.because)
    : { kind: 'moved', proposal: answer.proposal, says: `${titleOf(proposal)}: ${done}` };
}

function ignored(because: string): Heard {
  return { kind: 'ignored', because };
}

function titleOf({ body }: Proposal): string {
  return body.title;
}

function wordsOf({ reason, words }: Decision): Pick<Move, 'reason' | 'words'> {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(words === undefined ? {} : { words }),
  };
}
