/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** Time as an argument: the daemon passes the real one, tests and the demo a hand-turned one. */
export interface Clock {
  /**
   * `system` runs with the warehouse's own `now()`, so a stable view may carry its expiry in SQL;
   * a `hand-turned` one does not, and only the daemon itself can hold the staleness bound.
   */
  readonly kind: 'system' | 'hand-turned';
  now(): EpochMs;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

/** The UTC day of a moment, `YYYY-MM-DD`. */
export function dayOf(at: EpochMs): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Whole UTC days since the epoch; orders and subtracts. */
export function dayNumber(at: EpochMs): number {
  return Math.floor(at / DAY_MS);
}

/** A clock that stands still until turned; `sleep` returns at once having turned it. */
export function handTurnedClock(start: EpochMs): Clock & { turnTo(at: EpochMs): void } {
  let at = start;
  return {
    kind: 'hand-turned',
    now: () => at,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      at += ms;
    },
    turnTo(next) {
      at = next;
    },
  };
}
