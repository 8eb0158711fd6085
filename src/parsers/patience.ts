/**
 * How long somebody has been waited for, told by looking again and again. Between two looks no more than two intervals count: a process
 * that was stopped, or a machine that slept, says nothing of who is waited for.
 */
export class Patience {
  readonly #intervalMs: number;
  #lookedAt: number;
  #waitedMs = 0;

  /** Times are milliseconds of one clock that only goes forward. */
  constructor(intervalMs: number, now: number) {
    this.#intervalMs = intervalMs;
    this.#lookedAt = now;
  }

  /** Looks again; `hasMoved` begins anew. Milliseconds waited since then. */
  look(now: number, hasMoved: boolean): number {
    this.#waitedMs = hasMoved
      ? 0
      : this.#waitedMs + Math.min(now - this.#lookedAt, 2 * this.#intervalMs);
    this.#lookedAt = now;
    return this.#waitedMs;
  }
}
