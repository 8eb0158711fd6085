import { z } from 'zod';
import type { EpochMs } from '../../base/clock.ts';
import type { ChannelRef } from '../../propose/channel.ts';
import type { Proposal, ProposalId } from '../../propose/proposal.ts';
import { keptStep, money, relation } from '../kept-plan.ts';

export const PROPOSAL_STATES = [
  'drafted',
  'open',
  'approved',
  'applied',
  'declined',
  'expired',
  'overtaken',
  'undone',
] as const;

/** A proposal as the state file keeps it. */
export const keptProposal: z.ZodType<Proposal, unknown> = z.object({
  id: z.string().transform((id) => id as ProposalId),
  kind: z.enum(['build', 'prune', 'drop', 'follow', 'edit']),
  relation,
  meaning: z.string(),
  parts: z.array(z.string()).exactOptional(),
  steps: z.array(keptStep),
  files: z.array(
    z
      .object({
        path: z.string(),
        text: z.string().optional(),
        was: z.string().exactOptional(),
      })
      .transform(({ text, ...rest }) => ({ ...rest, text })),
  ),
  body: z.object({
    title: z.string(),
    because: z.string(),
    money: z.object({
      netPerDay: money.exactOptional(),
      interval: z.tuple([money, money]).exactOptional(),
      once: money.exactOptional(),
      arithmetic: z.array(z.string()),
    }),
    evidence: z.array(z.string()),
    readers: z.array(z.string()),
    risks: z.array(z.string()),
    proofs: z.array(z.string()),
    undo: z.string(),
    sql: z.array(z.string()),
  }),
  evidenceRuns: z.number(),
  state: z.enum(PROPOSAL_STATES),
  openedAt: z.number(),
  expiresAt: z.number(),
  snoozedUntil: z.number().exactOptional(),
  moves: z.array(
    z.object({
      to: z.enum([...PROPOSAL_STATES, 'snoozed', 'reworded', 'agreed']),
      at: z.number(),
      by: z.string(),
      reason: z
        .enum(['not-worth-it', 'wrong-grain', 'sensitive', 'someone-elses', 'later', 'other'])
        .exactOptional(),
      words: z.string().exactOptional(),
    }),
  ),
});

/** What a channel was last seen to show of a proposal. */
export interface Shown {
  readonly proposal: string;
  /** Absent where it was never known to be shown. */
  readonly ref?: ChannelRef;
  /** Of the state that was shown; empty where none was. */
  readonly digest: string;
  /** An attempt to show it was begun, and its end is not known. */
  readonly isUnsure: boolean;
}

export function shownKey(channel: string, proposal: string): string {
  return `${channel}/${proposal}`;
}

export const keptShown: z.ZodType<Shown, unknown> = z.object({
  proposal: z.string(),
  ref: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
  digest: z.string(),
  isUnsure: z.boolean(),
});

/** A saying that was heard: one that moved something moves nothing again, one that did not count is weighed again and told once. */
export interface HeardBefore {
  readonly token: string;
  readonly at: EpochMs;
  /** Why it did not count; absent where it moved something. */
  readonly ignored?: string;
  /** The reason that was said where it stands, so that it is said once. */
  readonly answered?: string;
}

export const keptHeard: z.ZodType<HeardBefore, unknown> = z.object({
  token: z.string(),
  at: z.number(),
  ignored: z.string().exactOptional(),
  answered: z.string().exactOptional(),
});
