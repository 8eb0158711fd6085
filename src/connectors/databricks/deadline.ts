import type { CallOptions } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { openWaits } from '../open-waits.ts';

/** Stops waiting for a statement when the caller aborts or the time is up, and has the warehouse cancel it. */
export interface Deadline {
  /** Aborted when it stops waiting, with the same reason. */
  readonly signal: AbortSignal;
  /** Settles with the work, or at once with the abort reason or CONNECTOR_TIMEOUT. */
  guard<Result>(work: () => Promise<Result>): Promise<Result>;
  /** What to send to the warehouse to cancel; asked when it has to stop, or at once where it has stopped already. */
  cancelWith(cancel: () => Promise<unknown>): void;
  dispose(): void;
}

export interface DeadlineParts {
  /** For error messages. */
  readonly name: string;
  readonly options: CallOptions;
}

export function startDeadline({ name, options: { signal, timeoutMs } }: DeadlineParts): Deadline {
  const waits = openWaits();
  const stopping = new AbortController();
  let stopped: { readonly reason: unknown } | undefined;
  let cancel: (() => Promise<unknown>) | undefined;

  function ask(): void {
    cancel?.().catch(ignoreSinceWarehouseStopsItself);
    cancel = undefined;
  }
  function stop(reason: unknown): void {
    if (stopped === undefined) {
      stopped = { reason };
      ask();
      waits.giveUp(reason);
      stopping.abort(reason);
    }
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
    signal: stopping.signal,
    async guard(work) {
      if (stopped !== undefined) {
        throw stopped.reason;
      }
      return waits.until(work());
    },
    cancelWith(how) {
      cancel = how;
      if (stopped !== undefined) {
        ask();
      }
    },
    dispose() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

function ignoreSinceWarehouseStopsItself(): void {
  // Best effort: `statement_timeout` stands behind it.
}
