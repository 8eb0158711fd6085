import type { EpochMs } from '../../base/clock.ts';
import type { Decision } from '../channel.ts';
import type { DeclineReason, Proposal } from '../proposal.ts';
import type { Pull } from './pulls.ts';

export interface PullSaid {
  readonly proposal: Proposal;
  readonly pull: Pull;
  readonly repository: string;
  /** The branch proposals are merged into. */
  readonly baseName: string;
  /** The meaning the branch was made for. */
  readonly meaning: string;
  readonly closedBy: string | undefined;
  /** A statement that was merged otherwise than proposed. */
  readonly otherStatement: string | undefined;
  readonly now: EpochMs;
}

/** What somebody said by merging or closing a pull request; nothing while it is open. */
export function pullSaid(said: PullSaid): readonly Decision[] {
  const { proposal, pull, repository, closedBy, now } = said;
  if (pull.state === 'open') {
    return [];
  }
  const token = `github:${repository}#${pull.number}`;
  if (pull.merged_at === null || pull.merged_at === undefined) {
    const reason = reasonIn(pull);
    return [
      {
        proposal: proposal.id,
        move: 'decline',
        by: `github:${closedBy ?? 'unknown'}`,
        at: moment(pull.closed_at, now),
        token: `${token}:closed`,
        reason,
        ...(reason === 'other' ? { words: `pull request ${pull.number} was closed` } : {}),
      },
    ];
  }
  const mergedSo = {
    proposal: proposal.id,
    by: `github:${pull.merged_by?.login ?? 'unknown'}`,
    at: moment(pull.merged_at, now),
    token: `${token}:merged`,
  };
  const words = whyNoYes(said);
  return words === undefined
    ? [{ ...mergedSo, move: 'approve', meaning: said.meaning }]
    : [{ ...mergedSo, move: 'decline', reason: 'other', words }];
}

function whyNoYes({ proposal, pull, baseName, otherStatement }: PullSaid): string | undefined {
  if (pull.base.ref !== baseName) {
    return `pull request ${pull.number} was merged into another branch than ${baseName}`;
  }
  return otherStatement === undefined || proposal.kind === 'edit'
    ? undefined
    : `merged with another statement in ${otherStatement}: that one was not proved, so nothing is built from it`;
}

const REASONS: readonly DeclineReason[] = [
  'sensitive',
  'someone-elses',
  'wrong-grain',
  'not-worth-it',
  'later',
];

/** By a label of that name, the gravest first. */
function reasonIn({ labels }: Pull): DeclineReason {
  const names = new Set(
    labels.map(({ name }) => name?.toLowerCase().trim().replaceAll(/\s+/g, '-')),
  );
  return REASONS.find((reason) => names.has(reason)) ?? 'other';
}

function moment(text: string | null | undefined, now: EpochMs): EpochMs {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? now : at;
}
