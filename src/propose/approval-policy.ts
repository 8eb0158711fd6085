import type { ProposalKind } from './proposal.ts';
import type { ProposeSettings } from './settings.ts';

export type ApprovalPolicy = Pick<ProposeSettings, 'approvals' | 'needed'>;

/** Whether this person may say yes to this kind of change. */
export function mayApprove(by: string, kind: ProposalKind, { approvals }: ApprovalPolicy): boolean {
  return approvals[kind].some((pattern) =>
    pattern.endsWith('*') ? by.startsWith(pattern.slice(0, -1)) : by === pattern,
  );
}

/**
 * Whether this person's no counts: whoever may say yes may say no, and so may who closes a pull request or takes a branch away,
 * for the place itself lets only its people do that.
 */
export function mayDecline(by: string, kind: ProposalKind, policy: ApprovalPolicy): boolean {
  return /^(git|github):/.test(by) || mayApprove(by, kind, policy);
}
