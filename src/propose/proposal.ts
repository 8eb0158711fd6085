import type { Brand } from '../base/brand.ts';
import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { PlanStep } from '../plan/plan.ts';

/** Names a proposal for as long as it lives: digest of what it is about and when it was first drafted. */
export type ProposalId = Brand<string, 'ProposalId'>;

/** What is asked of people; each kind has its own rule of who may say yes. */
export type ProposalKind =
  /** Publishing, taking over or building a mart. */
  | 'build'
  /** Hiding attributes nobody reads. */
  | 'prune'
  /** Demoting a mart to a view, or giving one up. */
  | 'drop'
  /** Following an upstream schema change with a mart of ours. */
  | 'follow'
  /** Changing files somebody else owns: a dbt model, a contract. Nothing in the warehouse is done by Goldsmith. */
  | 'edit';

/** The life of a proposal. All after `approved` are ends, but for `applied`, which somebody may take back. */
export type ProposalState =
  | 'drafted'
  | 'open'
  | 'approved'
  | 'applied'
  | 'declined'
  | 'expired'
  | 'overtaken'
  | 'undone';

/** A file as a proposal leaves it; `text` undefined takes it away. */
export interface FileChange {
  /** Relative to the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string | undefined;
  /** SHA-256 of the text it was made from, '' where there was no file. Where the repository holds another, nothing is written: it would take back somebody's words. */
  readonly was?: string;
}

/** One thing people are asked to agree to. A value: moving it makes a new one. */
export interface Proposal {
  readonly id: ProposalId;
  readonly kind: ProposalKind;
  /** The gold relation it is about; with `kind` the subject that is remembered when people say no. */
  readonly relation: RelationId;
  /** Digest of what would be done: verbs, definitions, attributes, files. Neither times nor numbers of evidence are in it. */
  readonly meaning: string;
  /** What the meaning is made of, one line each; a yes covers every part of it alone too. Absent: the meaning is one whole. */
  readonly parts?: readonly string[];
  /** Steps of the plan it was last drawn from; empty for `edit`. */
  readonly steps: readonly PlanStep[];
  readonly files: readonly FileChange[];
  readonly body: ProposalBody;
  /** What the evidence weighs: runs a day of the templates behind it. A declined subject comes again only when this doubled. */
  readonly evidenceRuns: number;
  readonly state: ProposalState;
  readonly openedAt: EpochMs;
  /** Without an approval it expires now; an approved one must be applied before. */
  readonly expiresAt: EpochMs;
  /** Not shown again before this moment. */
  readonly snoozedUntil?: EpochMs;
  /** Every move, oldest first: who, when, through which channel, why. */
  readonly moves: readonly Move[];
}

/** What people read, in Slack, in a pull request, in a terminal. Never holds a literal of somebody's statement. */
export interface ProposalBody {
  /** `Build gold.daily_sales`. */
  readonly title: string;
  /** What and why, in a few sentences. */
  readonly because: string;
  readonly money: {
    readonly netPerDay?: NanoUsd;
    /** The interval the rule engine knows, per day, lowest and highest. */
    readonly interval?: readonly [NanoUsd, NanoUsd];
    readonly once?: NanoUsd;
    /** The arithmetic in words: every term with its number. */
    readonly arithmetic: readonly string[];
  };
  /** `template, runs a day, cost, readers` lines. */
  readonly evidence: readonly string[];
  readonly readers: readonly string[];
  readonly risks: readonly string[];
  /** Proofs that ran, or will run before anything is shown to readers. */
  readonly proofs: readonly string[];
  readonly undo: string;
  /** Statements Goldsmith would send, in order, for people who ask to see them. */
  readonly sql: readonly string[];
}

export type DeclineReason =
  | 'not-worth-it'
  | 'wrong-grain'
  | 'sensitive'
  | 'someone-elses'
  | 'later'
  | 'other';

/** What a cycle or a stage would like to ask, before the book decides whether and when people are asked. */
export type Draft = Pick<
  Proposal,
  'kind' | 'relation' | 'meaning' | 'parts' | 'steps' | 'files' | 'body' | 'evidenceRuns'
>;

/** A person's or Goldsmith's own word that changed a proposal; `agreed` is one yes where several are needed. */
export interface Move {
  readonly to: ProposalState | 'snoozed' | 'reworded' | 'agreed';
  readonly at: EpochMs;
  /** A person as the channel knows them (`slack:U123`, `github:octocat`, `git:merge`), or `goldsmith`. */
  readonly by: string;
  readonly reason?: DeclineReason;
  readonly words?: string;
}
