import type { EpochMs } from '../../base/clock.ts';
import type { RunEvent } from './run-event.ts';

/** Events on their way, kept over restarts: one is taken out after it was delivered, so a kill in between sends it twice, never not at all. */
export interface EventQueue {
  add(event: RunEvent): void;
  /** In the order they came. */
  waiting(): readonly WaitingEvent[];
  remove(key: string): void;
  pause(): Pause;
  setPause(pause: Pause): void;
}

export interface WaitingEvent {
  readonly key: string;
  readonly event: RunEvent;
}

/** Nothing is tried before `notBefore`, after so many attempts that failed in a row. */
export interface Pause {
  readonly failures: number;
  readonly notBefore: EpochMs;
}

export const noPause: Pause = { failures: 0, notBefore: 0 };

/** A queue that is lost with the process. */
export function queueInMemory(): EventQueue {
  const events = new Map<string, RunEvent>();
  let paused = noPause;
  let count = 0;
  return {
    add(event) {
      count += 1;
      events.set(String(count), event);
    },
    waiting: () => [...events].map(([key, event]) => ({ key, event })),
    remove(key) {
      events.delete(key);
    },
    pause: () => paused,
    setPause(pause) {
      paused = pause;
    },
  };
}
