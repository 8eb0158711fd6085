import type { CallOptions } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { openWaits } from '../open-waits.ts';

/** Cancels a statement when the caller aborts or the time is up, and gives up on a server that does not answer to it. */
export interface Watchdog {
  /** Waits for the work; a cancelled one rejects with the abort reason or CONNECTOR_TIMEOUT. */
  guard<Result>(work: Promise<Result>): Promise<Result>;
  dispose(): void;
}

export interface WatchdogParts {
  /** For error messages. */
  readonly name: string;
  readonly options: CallOptions;
  /** Asks the server to cancel, and lets go of what is being read. */
  readonly cancel: (because: unknown) => void;
}

/** How long a cancelled statement may take to say so. */
const PATIENCE_MS = 1_000;

export function startWatchdog({ name, options, cancel }: WatchdogParts): Watchdog {
  const { signal, timeoutMs } = options;
  const waits = openWaits();
  let stopped: { readonly because: unknown } | undefined;
  let patience: NodeJS.Timeout | undefined;

  function stop(because: unknown): void {
    if (stopped !== undefined) {
      return;
    }
    stopped = { because };
    patience = setTimeout(() => waits.giveUp(because), PATIENCE_MS);
    cancel(because);
  }
  function onAbort(): void {
    stop(signal?.reason ?? new DOMException('This operation was aborted', 'AbortError'));
  }
  function onTimeout(): void {
    const addition = `limit ${timeoutMs} ms`;
    stop(new ConnectorError('CONNECTOR_TIMEOUT', name, { addition, details: { timeoutMs } }));
  }

  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
  if (signal?.aborted === true) {
    onAbort();
  }

  return {
    async guard(work) {
      try {
        return await waits.until(work);
      } catch (error) {
        return await Promise.reject(stopped === undefined ? error : stopped.because);
      }
    },
    dispose() {
      clearTimeout(timer);
      clearTimeout(patience);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
