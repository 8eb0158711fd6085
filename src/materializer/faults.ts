import type { ActionKind } from '../plan/action.ts';

/** Where a step can be interrupted; tests kill the process there. */
export interface FaultPoint {
  readonly verb: ActionKind;
  readonly moment: 'before' | 'inside' | 'after';
  /** Counts the `inside` points of one step, from 1; 0 for the others. */
  readonly nth: number;
}

/** Called at every point of every step; the daemon passes none. */
export type Faults = (point: FaultPoint) => Promise<void> | void;
