/** Something that goes wrong on the way; taken once unless told otherwise. */
export interface Fault {
  /** What it befalls. */
  readonly on: 'login' | 'query' | 'result' | 'chunk';
  /**
   * `lost`: the statement is carried out and its answer never arrives. `reset`: nothing is carried out. `truncated`: half of the
   * body arrives. `expired`: the session's token has run out.
   */
  readonly kind: 'status' | 'reset' | 'lost' | 'truncated' | 'slow' | 'expired';
  readonly status?: number;
  readonly delayMs?: number;
  readonly times?: number;
  /** Only statements whose text matches. */
  readonly when?: RegExp;
}

/** Faults that wait for their occasion, in the order in which they were added. */
export class Faults {
  #waiting: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  take(on: Fault['on'], text = ''): Fault | undefined {
    const found = this.#waiting.find(
      ({ fault }) => fault.on === on && (fault.when === undefined || fault.when.test(text)),
    );
    if (found === undefined) {
      return undefined;
    }
    found.left -= 1;
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    return found.fault;
  }
}
