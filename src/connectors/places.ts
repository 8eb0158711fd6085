import { counted } from '../base/counted.ts';
import type { CallOptions } from './connector.ts';
import { ConnectorError } from './connector-error.ts';

/** How long somebody waits for a place. */
export type Patience = Pick<CallOptions, 'signal' | 'timeoutMs'>;

/**
 * So many places for statements, each taken by one at a time; further callers wait their turn, first come, first served. Whoever is
 * called off or runs out of time while waiting is told at once.
 */
export class Places {
  readonly #name: string;
  readonly #size: number;
  readonly #waiting: Waiting[] = [];
  #taken = 0;

  constructor({ name, size }: { readonly name: string; readonly size: number }) {
    this.#name = name;
    this.#size = size;
  }

  async take({ signal, timeoutMs }: Patience): Promise<void> {
    signal?.throwIfAborted();
    if (this.#taken < this.#size) {
      this.#taken += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        call: () => {
          settle();
          resolve();
        },
        refuse: (reason) => {
          settle();
          reject(reason);
        },
      };
      const onAbort = () => leave(signal?.reason);
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => leave(this.#late(timeoutMs)), Math.min(timeoutMs, LONGEST_MS));
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const leave = (reason: unknown) => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        waiting.refuse(reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  /** Gives a place back: to who waits longest. */
  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#taken -= 1;
    } else {
      next.call();
    }
  }

  /** Tells all who wait that nobody is let in any more. */
  refuse(reason: Error): void {
    for (const waiting of this.#waiting.splice(0)) {
      waiting.refuse(reason);
    }
  }

  #late(timeoutMs: number): ConnectorError {
    return new ConnectorError('CONNECTOR_TIMEOUT', this.#name, {
      sentence:
        'was not asked: all connections were busy for as long as the statement may take; raise warehouse.connections',
      addition: `limit ${timeoutMs} ms, ${counted(this.#size, 'connection')}`,
      details: { timeoutMs },
    });
  }
}

interface Waiting {
  call(): void;
  refuse(reason: unknown): void;
}

/** No timer counts further: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** Waits for it no longer than until the signal, which tells at once; what becomes of it then is the caller's to see to. */
export async function untilAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) {
    return await work;
  }
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
