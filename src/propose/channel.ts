import type { EpochMs } from '../base/clock.ts';
import type { DeclineReason, Proposal, ProposalId } from './proposal.ts';

/** What somebody said about a proposal. Whether they may is decided by the approval policy, not by the channel. */
export interface Decision {
  readonly proposal: ProposalId;
  readonly move: 'approve' | 'decline' | 'snooze' | 'undo';
  /** As the channel knows them: `slack:U123`, `github:octocat`, `git:merge`, `cli:alice`. */
  readonly by: string;
  readonly at: EpochMs;
  /** Names this saying once: the same one heard twice moves nothing twice. */
  readonly token: string;
  readonly reason?: DeclineReason;
  readonly words?: string;
  /** How long to wait, of a snooze; a week where nothing is said. */
  readonly days?: number;
  /** The meaning the person saw; an answer to another meaning does not count. */
  readonly meaning?: string;
}

/** Where a channel shows a proposal: a message, a branch, a pull request. Plain JSON, kept by the daemon. */
export type ChannelRef = Readonly<Record<string, string | number>>;

export interface ShowParts {
  /** Where it was shown last; absent where it never was. */
  readonly ref: ChannelRef | undefined;
  /** An earlier attempt to show it first may have arrived without our hearing of it: look before showing it again. */
  readonly isUnsure?: boolean;
  readonly now: EpochMs;
  readonly signal: AbortSignal;
}

/**
 * A place where people answer. `show` is called whenever the proposal's state or meaning differs from what was last shown, and again
 * until it succeeds: it must do nothing twice. It never forces itself over what people wrote.
 */
export interface ProposalChannel {
  readonly name: string;
  /** Also shown what mode `auto` did without asking, so that people can take it back. */
  readonly tellsDone?: boolean;
  /** A chat, where people read notices too: what it shows of a proposal is not told by a notice as well. */
  readonly isChat?: boolean;
  /** Rejects where the place cannot be reached; the daemon shows it again in the next cycle. */
  show(proposal: Proposal, parts: ShowParts): Promise<ChannelRef>;
  /** What people said of open proposals since; channels that are told (a webhook) have none. */
  poll?(
    shown: readonly { readonly proposal: Proposal; readonly ref: ChannelRef }[],
    signal: AbortSignal,
  ): Promise<readonly Decision[]>;
  /** Says to whoever said something there that it did not count, and why. Saying the same again says nothing; absent where nobody could read it. */
  answer?(
    decision: Decision,
    parts: {
      readonly ref: ChannelRef;
      readonly because: string;
      readonly signal: AbortSignal;
    },
  ): Promise<void>;
  /** Where a proposal stands there, in a few words for who asks at the command line: `pull request 12`. */
  whereabouts?(ref: ChannelRef): string;
  /** Looks whether a proposal could be shown and says what it found, in a sentence; shows nothing. Rejects where it could not. */
  probe?(signal: AbortSignal): Promise<string>;
}
