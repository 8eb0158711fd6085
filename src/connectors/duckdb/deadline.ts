import type { DuckDBConnection } from '@duckdb/node-api';
import { ConnectorError } from '../connector-error.ts';

/** How long a statement may run, and which setting says so where it is not the call itself. */
export interface Limit {
  readonly ms: number;
  readonly by?: string;
}

/** The lower of the call's limit and the one every statement has. */
export function lowerLimit(callMs: number | undefined, ourMs: number): Limit {
  const ms = Math.min(callMs ?? ourMs, ourMs, MOST_MS);
  return callMs !== undefined && callMs <= ourMs
    ? { ms }
    : { ms, by: 'warehouse.statementTimeout' };
}

/** No timer counts further: 24 days. */
const MOST_MS = 2 ** 31 - 1;

/**
 * Cancels what runs on a connection when the caller aborts or the time is up.
 *
 * DuckDB forgets an interrupt that arrives before its statement has started, so it is repeated until the
 * work has settled. (DuckDB has no statement timeout of its own.)
 */
export interface Deadline {
  /** Waits for the work; a cancelled one rejects with the abort reason or CONNECTOR_TIMEOUT. */
  guard<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Call once, when the last guarded work has settled. */
  dispose(): void;
}

const REPEAT_MS = 20;

export function startDeadline(
  connection: DuckDBConnection,
  {
    name,
    limit: { ms: timeoutMs, by },
    signal,
  }: {
    readonly name: string;
    readonly limit: Limit;
    readonly signal: AbortSignal | undefined;
  },
): Deadline {
  let reason: unknown;
  let running = 0;
  let repeater: NodeJS.Timeout | undefined;

  function cancel(because: unknown): void {
    reason ??= because;
    if (running > 0 && repeater === undefined) {
      connection.interrupt();
      repeater = setInterval(() => connection.interrupt(), REPEAT_MS);
    }
  }
  function stopRepeating(): void {
    clearInterval(repeater);
    repeater = undefined;
  }
  function onAbort(): void {
    cancel(signal?.reason ?? new DOMException('This operation was aborted', 'AbortError'));
  }
  function onTimeout(): void {
    const addition = `limit ${timeoutMs} ms${by === undefined ? '' : `, by ${by}`}`;
    cancel(new ConnectorError('CONNECTOR_TIMEOUT', name, { addition, details: { timeoutMs } }));
  }

  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(onTimeout, timeoutMs);
  if (signal?.aborted === true) {
    onAbort();
  }

  return {
    async guard(work) {
      if (reason !== undefined) {
        // The caller's own abort reason, whatever it is.
        return await Promise.reject(reason);
      }
      running += 1;
      try {
        return await work();
      } catch (error) {
        return await Promise.reject(reason ?? error);
      } finally {
        running -= 1;
        stopRepeating();
      }
    },
    dispose() {
      clearTimeout(timer);
      stopRepeating();
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
