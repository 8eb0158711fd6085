/** Something that goes wrong on purpose, once for each `times`. */
export interface Fault {
  /** The Thrift call, or the path of an HTTP request, it happens to. */
  readonly call: string;
  /** Only where the statement's text matches; absent: any. */
  readonly matching?: RegExp;
  readonly kind:
    | { readonly is: 'status'; readonly status: number; readonly retryAfter?: string }
    /** Sessions and statements: the call fails in these words. */
    | { readonly is: 'refused'; readonly says: string }
    /** The connection breaks before anything was done. */
    | { readonly is: 'reset' }
    /** It is done, and the connection breaks before the answer. */
    | { readonly is: 'lost-response' }
    /** Half of the answer. */
    | { readonly is: 'truncated' }
    | { readonly is: 'slow'; readonly ms: number };
  readonly times?: number;
}

/** Faults that wait for their call, first asked first. */
export class Faults {
  readonly #waiting: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** Takes the fault for this call, if one waits. */
  /** Nothing goes wrong any more. */
  clear(): void {
    this.#waiting.length = 0;
  }

  take(call: string, statement: string): Fault['kind'] | undefined {
    const found = this.#waiting.find(
      ({ fault, left }) =>
        left > 0 && fault.call === call && (fault.matching?.test(statement) ?? true),
    );
    if (found === undefined) {
      return undefined;
    }
    found.left -= 1;
    return found.fault.kind;
  }
}
