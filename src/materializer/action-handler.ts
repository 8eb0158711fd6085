import type { Session } from '../connectors/connector.ts';
import type { Action, ActionKind } from '../plan/action.ts';
import type { Work } from './work.ts';

export type ActionOf<Kind extends ActionKind> = Extract<Action, { readonly kind: Kind }>;

/** One verb: how it is done, and how what was interrupted is finished or undone. */
export interface ActionHandler<Kind extends ActionKind> {
  /**
   * Does it. The last writing transaction calls `finish`, so that the outcome is journaled with the change or not at all.
   * Rejects with `StepRefused` where it must not be done.
   */
  run(action: ActionOf<Kind>, work: StepWork): Promise<Done>;
  /** Safe to call any number of times: brings the warehouse to a state that agrees with the ledger. */
  resume(action: ActionOf<Kind>, work: Work): Promise<Resumed>;
}

export interface StepWork extends Work {
  /** Journals the outcome as done, within the caller's transaction. */
  finish(session: Session, detail: string): Promise<void>;
}

export interface Done {
  readonly detail: string;
  readonly evidence: Readonly<Record<string, string | number>>;
}

export interface Resumed {
  readonly outcome: 'done' | 'undone';
  readonly detail: string;
}

/** For a verb that is one transaction: it was committed with its outcome, or never happened. */
export const nothingHappened: Resumed = {
  outcome: 'undone',
  detail: 'interrupted before it was committed: nothing had changed',
};
