import { ConnectorError } from '../connector-error.ts';

/** Cancels what a connection runs when the caller aborts or the time is up, and knows which it was. */
export interface Deadline {
  /** Waits for the work; a cancelled one rejects with the abort reason or CONNECTOR_TIMEOUT. */
  guard<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Call once, when the last guarded work has settled: what was asked to cancel has been answered by then. */
  dispose(): Promise<void>;
}

/** How long a statement may run, and who says so where it is not the call itself. */
export interface Limit {
  readonly ms: number;
  /** What the call was given, where it waited for a part of that. Absent: `ms`. */
  readonly of?: number | undefined;
  readonly by?: string;
}

/** The lowest of what the call, we and the role allow; a role's 0 is none. What the role is given is never raised. */
export function lowestLimit({
  callMs,
  waitedMs = 0,
  ourMs,
  roleMs,
}: {
  readonly callMs: number | undefined;
  /** How long the call has been waiting. Absent: not at all. */
  readonly waitedMs?: number;
  readonly ourMs: number;
  readonly roleMs: number;
}): Limit {
  const ours: Limit = { ms: ourMs, by: 'warehouse.postgres.statementTimeout' };
  const most =
    roleMs > 0 && roleMs < ourMs ? { ms: roleMs, by: 'statement_timeout of its role' } : ours;
  const leftMs = callMs === undefined ? undefined : Math.max(1, callMs - waitedMs);
  const lowest: Limit =
    leftMs !== undefined && leftMs <= most.ms ? { ms: leftMs, of: callMs } : most;
  return { ...lowest, ms: Math.min(lowest.ms, MOST_MS) };
}

/** Neither the server nor a timer counts further: 24 days. */
const MOST_MS = 2 ** 31 - 1 - 1000;

export interface DeadlineParts {
  /** For error messages. */
  readonly name: string;
  readonly limit: Limit;
  readonly signal: AbortSignal | undefined;
  /** Asks the server to cancel what runs on the connection; never rejects. */
  readonly cancel: () => Promise<void>;
  /** Ends the connection, and so what waits on it, where a server that was asked does not answer. */
  readonly abandon: () => void;
  /** How long it has to stop what it was asked to stop. Absent: half a minute. */
  readonly answerMs?: number | undefined;
}

/** The server keeps the time limit itself; ours comes after it, for a server that does not answer. */
const GRACE_MS = 250;

/** A request that came between two statements was lost. */
const REPEAT_MS = 200;

/** A server that answers at all has stopped what it was asked to stop within this. */
const ANSWER_MS = 30_000;

export function startDeadline(parts: DeadlineParts): Deadline {
  const { name, limit, signal, cancel, abandon, answerMs = ANSWER_MS } = parts;
  const { ms: timeoutMs, of = timeoutMs, by } = limit;
  let reason: unknown;
  let running = 0;
  let asked: Promise<void> = Promise.resolve();
  let repeater: NodeJS.Timeout | undefined;
  let patience: NodeJS.Timeout | undefined;
  let isAsking = false;

  /** One request at a time: where it is not answered, no others wait behind it. */
  function ask(): void {
    if (!isAsking) {
      isAsking = true;
      asked = cancel().finally(() => {
        isAsking = false;
      });
    }
  }
  function rest(): void {
    clearInterval(repeater);
    clearTimeout(patience);
    repeater = undefined;
    patience = undefined;
  }
  function stop(because: unknown): void {
    reason ??= because;
    if (running > 0 && repeater === undefined) {
      ask();
      repeater = setInterval(ask, REPEAT_MS);
      patience = setTimeout(abandon, answerMs);
    }
  }
  function timedOut(): ConnectorError {
    const addition = `limit ${of} ms${by === undefined ? '' : `, by ${by}`}`;
    return new ConnectorError('CONNECTOR_TIMEOUT', name, { addition, details: { timeoutMs: of } });
  }
  function onAbort(): void {
    stop(signal?.reason ?? new DOMException('This operation was aborted', 'AbortError'));
  }
  function isCancelledByServer(error: unknown): boolean {
    return (error as { readonly code?: unknown } | null)?.code === '57014';
  }

  const startedAt = performance.now();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop(timedOut()), timeoutMs + GRACE_MS);
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
        const isLate = performance.now() - startedAt >= timeoutMs - 1;
        if (reason === undefined && isLate && isCancelledByServer(error)) {
          throw timedOut();
        }
        return await Promise.reject(reason ?? error);
      } finally {
        running -= 1;
        rest();
      }
    },
    async dispose() {
      clearTimeout(timer);
      rest();
      signal?.removeEventListener('abort', onAbort);
      await asked;
    },
  };
}
