import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { Mart } from '../marts/mart.ts';
import type { Action } from '../plan/action.ts';
import type { JournalEntry } from './journal.ts';
import type { CapsSettings } from './settings.ts';

/** A limit the executor keeps itself; it looks at what is, not at what the planner thought (law 12). */
export interface Cap {
  readonly id: string;
  /** Why the step must wait, with the number that would let it pass; nothing when it may go on. */
  refuses(input: CapInput): CapRefusal | undefined;
}

export interface CapInput {
  readonly action: Action;
  readonly caps: CapsSettings;
  readonly now: EpochMs;
  readonly killSwitch: boolean;
  readonly marts: readonly Mart[];
  /** Builds the journal says were begun since the start of this UTC day. */
  readonly buildsToday: readonly JournalEntry[];
  readonly money: BuildMoney;
  /** Views and tables of other people the operator lets Goldsmith take over. */
  readonly adoptable: ReadonlySet<RelationId>;
}

export interface BuildMoney {
  /** What the first builds of this UTC day took, failed ones included. */
  readonly spent: NanoUsd;
  /** What the plan says this one will take. */
  readonly expected: NanoUsd;
}

export interface CapRefusal {
  readonly because: string;
  readonly evidence: Readonly<Record<string, string | number>>;
}

/** What a step counts as among the builds of a day; nothing where it is none. */
export function reasonOf(action: Action): 'promote' | 'refresh' | undefined {
  if (action.kind === 'refresh-version') {
    return 'refresh';
  }
  return action.kind === 'build-version' ? action.reason : undefined;
}

/** Going back to the logical definition keeps answers fresh (law 4), and the last good version keeps them at all: only the kill switch stops it. */
export function keepsReadersFresh(action: Action): boolean {
  return (
    action.kind === 'hold-version' ||
    (action.kind === 'repoint-view' && action.to.kind === 'logical')
  );
}
