import type { CallOptions } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';

/** Cancels what a connection runs when the caller aborts or the time is up, and knows which it was. */
export interface Deadline {
  /** Waits for the work; a cancelled one rejects with the abort reason or CONNECTOR_TIMEOUT. */
  guard<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Call once, when the last guarded work has settled: what was asked to cancel has been answered by then. */
  dispose(): Promise<void>;
}

export interface DeadlineParts {
  /** For error messages. */
  readonly name: string;
  readonly options: CallOptions;
  /** Asks the server to cancel what runs on the connection; never rejects. */
  readonly cancel: () => Promise<void>;
}

/** The server keeps the time limit itself; ours comes after it, for a server that does not answer. */
const GRACE_MS = 250;

/** A request that came between two statements was lost. */
const REPEAT_MS = 200;

export function startDeadline({ name, options, cancel }: DeadlineParts): Deadline {
  const { signal, timeoutMs } = options;
  let reason: unknown;
  let running = 0;
  let asked: Promise<void> = Promise.resolve();
  let repeater: NodeJS.Timeout | undefined;

  function ask(): void {
    asked = asked.then(cancel);
  }
  function stop(because: unknown): void {
    reason ??= because;
    if (running > 0 && repeater === undefined) {
      ask();
      repeater = setInterval(ask, REPEAT_MS);
    }
  }
  function timedOut(): ConnectorError {
    const addition = `limit ${timeoutMs} ms`;
    return new ConnectorError('CONNECTOR_TIMEOUT', name, { addition, details: { timeoutMs } });
  }
  function onAbort(): void {
    stop(signal?.reason ?? new DOMException('This operation was aborted', 'AbortError'));
  }
  function isCancelledByServer(error: unknown): boolean {
    return (error as { readonly code?: unknown } | null)?.code === '57014';
  }

  const startedAt = performance.now();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => stop(timedOut()), timeoutMs + GRACE_MS);
  if (signal?.aborted === true) {
    onAbort();
  }

  return {
    async guard(work) {
      if (reason !== undefined) {
        return await Promise.reject(reason);
      }
      running += 1;
      try {
        return await work();
      } catch (error) {
        const isLate = timeoutMs !== undefined && performance.now() - startedAt >= timeoutMs - 1;
        if (reason === undefined && isLate && isCancelledByServer(error)) {
          throw timedOut();
        }
        return await Promise.reject(reason ?? error);
      } finally {
        running -= 1;
        clearInterval(repeater);
        repeater = undefined;
      }
    },
    async dispose() {
      clearTimeout(timer);
      clearInterval(repeater);
      signal?.removeEventListener('abort', onAbort);
      await asked;
    },
  };
}
