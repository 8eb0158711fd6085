import type { CallOptions } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';

/** Cancels a job when the caller aborts or the time is up, and knows which it was. */
export interface Deadline {
  /** Ends the requests under way once the job was told to stop. */
  readonly signal: AbortSignal;
  /** Waits for the work; a stopped one rejects with the abort reason or CONNECTOR_TIMEOUT. */
  guard<Result>(work: () => Promise<Result>): Promise<Result>;
  dispose(): void;
}

export interface DeadlineParts {
  /** For error messages. */
  readonly name: string;
  readonly options: CallOptions;
  /** Asks the service to cancel the job; never rejects. */
  readonly cancel: () => Promise<void>;
}

/** The service keeps the limit itself; ours comes at the same time, since it may be late. */
export function startDeadline({ name, options, cancel }: DeadlineParts): Deadline {
  const { signal, timeoutMs } = options;
  const stopped = new AbortController();
  const waiting = new Set<(reason: unknown) => void>();
  let reason: unknown;
  let isTold = false;

  function stop(because: unknown): void {
    if (stopped.signal.aborted) {
      return;
    }
    reason = because;
    stopped.abort(because);
    const patience = new Promise<void>((resolve) =>
      setTimeout(resolve, CANCEL_PATIENCE_MS).unref(),
    );
    void Promise.race([cancel(), patience]).then(tell);
  }
  function tell(): void {
    isTold = true;
    for (const reject of waiting) {
      reject(reason);
    }
  }
  function onAbort(): void {
    stop(signal?.reason ?? new DOMException('This operation was aborted', 'AbortError'));
  }
  function onTime(): void {
    const addition = `limit ${timeoutMs} ms`;
    stop(new ConnectorError('CONNECTOR_TIMEOUT', name, { addition, details: { timeoutMs } }));
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTime, timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) {
    onAbort();
  }

  return {
    signal: stopped.signal,
    guard<Result>(work: () => Promise<Result>): Promise<Result> {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      if (isTold) {
        return Promise.reject(reason);
      }
      // Not a race: one that never ends would hold every result until the end.
      waiting.add(reject);
      work()
        .then(resolve, (error: unknown) => {
          // What a stopped job says is our own doing: the reason is told in its place, once it was cancelled.
          if (!stopped.signal.aborted) {
            reject(error);
          }
        })
        .finally(() => {
          if (!stopped.signal.aborted) {
            waiting.delete(reject);
          }
        });
      return promise;
    },
    dispose() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** How long the answer to a cancellation is waited for. */
const CANCEL_PATIENCE_MS = 1_000;
