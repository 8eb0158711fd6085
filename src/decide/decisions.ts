import type { RelationId } from '../base/relation.ts';
import type { EnumeratorId, NotEnumerated } from '../candidates/candidate.ts';
import type { Accumulator } from './cycle-input.ts';
import type { Intent } from './intent.ts';
import type { MartAttributes } from './prune-marts.ts';
import type { Flip } from './verdict.ts';

/** What one cycle decided, and why, for every candidate and mart. */
export interface Decisions {
  /** In no order of doing yet: `plan/` makes a plan of them. */
  readonly intents: readonly Intent[];
  readonly verdicts: readonly CandidateVerdict[];
  readonly unreachable: readonly UnreachableDemand[];
  readonly accumulators: readonly Accumulator[];
  readonly notEnumerated: readonly NotEnumerated[];
  /** Attributes of the marts that stand; empty where they are not pruned. */
  readonly attributes: readonly MartAttributes[];
  /** How good the choice among the builds that pay is; absent where none paid. */
  readonly choice?: ChoiceMade | undefined;
}

/** The builds begun, beside the best that today's budgets could have allowed. */
export interface ChoiceMade {
  /** Builds that passed every rule. */
  readonly offered: number;
  readonly chosen: number;
  /** Dollars a day as text, after upkeep and the builds spread over the payback days. */
  readonly netPerDay: string;
  /** No other choice nets more. */
  readonly atMostPerDay: string;
  /** Share of the best possible that may be missed at most, 0..1. */
  readonly gap: number;
}

export interface CandidateVerdict {
  readonly key: string;
  readonly relation: RelationId;
  readonly enumerator: EnumeratorId;
  readonly sql: string;
  readonly outcome:
    | 'build'
    | 'publish'
    | 'refuse'
    | 'wait'
    | 'keep'
    | 'refresh'
    | 'withdraw'
    | 'release';
  /** Why, in words and numbers. */
  readonly because: string;
  /** The rule that refused. */
  readonly rule?: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  /** What would turn it. */
  readonly flip?: Flip;
  readonly numbers: VerdictNumbers;
}

/** Money as text, times in milliseconds: for people, receipts and tests. */
export interface VerdictNumbers {
  readonly templates: number;
  readonly runs: number;
  readonly readers: number;
  readonly unreachableRuns: number;
  readonly roads: readonly string[];
  readonly basePerRunMs: number;
  readonly martPerRunMs: number;
  readonly rows: number;
  readonly runsPerDay: number;
  readonly runsPerDayToPay: number | 'never';
  /** What the next four weeks are expected to bring, in words; absent where nothing was seen. */
  readonly expected?: string;
  readonly savesPerDay: string;
  readonly upkeepPerDay: string;
  readonly buildCost: string;
  readonly missedSavings: string;
  readonly netLoss: string;
  /** Which other marts answer the same, or whose place it would take, in words; absent where there are none. */
  readonly beside?: string;
  /** How it is kept fresh, what other ways would cost, and what would turn that, in words. */
  readonly refresh?: string;
  readonly basis: 'measured' | 'modelled';
}

/** Demand a mart could answer, if a road led there. */
export interface UnreachableDemand {
  readonly fingerprint: string;
  readonly relation: RelationId;
  readonly runs: number;
  readonly clients: readonly string[];
  /** Dollars a day it would save, as text. */
  readonly wouldSavePerDay: string;
  readonly whatWouldOpenARoad: string;
}
