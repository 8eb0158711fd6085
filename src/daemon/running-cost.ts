import type { WorkDone } from '../marts/receipt.ts';

/** Thread time of this process's own statements, and how much of it no mart's work has told yet. */
export interface RunningCost {
  /** A statement of ours, whatever it was for. */
  spend(cpuMs: number): void;
  /**
   * What was spent since the last call beyond what marts' work tells, in milliseconds.
   *
   * @param told All that marts' work tells by now, of this process and earlier ones.
   */
  takeRest(told: number): number;
}

/** @param told What marts' work told when this process began. */
export function openRunningCost(told: number): RunningCost {
  let spent = 0;
  let before = told;
  return {
    spend(cpuMs) {
      spent += cpuMs;
    },
    takeRest(now) {
      const rest = Math.max(0, spent - (now - before));
      spent = 0;
      before = now;
      return rest;
    },
  };
}

/** What marts' own work tells of thread time, without what was shared among them. */
export function toldByMarts(work: readonly WorkDone[]): number {
  return work.filter(({ kind }) => kind !== 'running').reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}
