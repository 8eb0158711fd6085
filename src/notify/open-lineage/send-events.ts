import { appendFileSync } from 'node:fs';
import { type Clock, HOUR_MS } from '../../base/clock.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { type EventQueue, noPause } from './event-queue.ts';
import type { RunEvent } from './run-event.ts';
import type { OpenLineageSettings } from './settings.ts';

export interface SendParts {
  readonly settings: OpenLineageSettings;
  readonly queue: EventQueue;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal?: AbortSignal | undefined;
}

export interface SendOutcome {
  readonly sent: number;
  /** The receiver will not take them, whatever is done: told, and let go. */
  readonly refused: number;
  readonly waiting: number;
  /** What stopped the sending; the rest waits. */
  readonly failure?: GoldsmithError;
}

const FIRST_PAUSE_MS = 60_000;

/**
 * Sends what waits, in order, an event a request. The first failure stops it: the rest waits a minute, then twice as long with each
 * further failure, an hour at most. An event the receiver finds wrong (400, 413, 422) is let go, for it would stand in the way for ever.
 */
export async function sendEvents({
  settings,
  queue,
  clock,
  signal,
}: SendParts): Promise<SendOutcome> {
  const waiting = queue.waiting();
  const before = queue.pause();
  if (waiting.length === 0 || clock.now() < before.notBefore) {
    return { sent: 0, refused: 0, waiting: waiting.length };
  }
  let sent = 0;
  let refused = 0;
  for (const { key, event } of waiting) {
    try {
      const isTaken = await deliver(event, { settings, signal });
      sent += isTaken ? 1 : 0;
      refused += isTaken ? 0 : 1;
      queue.remove(key);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof GoldsmithError)) {
        throw error;
      }
      const failures = sent + refused > 0 ? 1 : before.failures + 1;
      const pause = Math.min(HOUR_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
      queue.setPause({ failures, notBefore: clock.now() + pause });
      return { sent, refused, waiting: waiting.length - sent - refused, failure: error };
    }
  }
  queue.setPause(noPause);
  return { sent, refused, waiting: 0 };
}

/** False where the receiver refuses this very event. */
async function deliver(
  event: RunEvent,
  { settings, signal }: Pick<SendParts, 'settings' | 'signal'>,
): Promise<boolean> {
  const { url, file } = settings;
  if (file !== undefined) {
    append(file, event);
  }
  return url === undefined ? true : post(event, { url, apiKey: settings.apiKey, signal });
}

function append(file: string, event: RunEvent): void {
  try {
    appendFileSync(file, `${JSON.stringify(event)}\n`);
  } catch (cause) {
    throw new GoldsmithError(
      'OPEN_LINEAGE_FILE',
      'a run event could not be written to notify.openLineage.file; it is kept and tried again',
      { retryable: true, cause },
    );
  }
}

const TIMEOUT_MS = 10_000;
const WRONG_EVENT: ReadonlySet<number> = new Set([400, 413, 422]);

async function post(
  event: RunEvent,
  {
    url,
    apiKey,
    signal,
  }: {
    readonly url: string;
    readonly apiKey: string | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<boolean> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(event),
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    });
    await response.body?.cancel();
  } catch (cause) {
    signal?.throwIfAborted();
    const message =
      'the OpenLineage receiver did not answer; its events are kept and sent again, check notify.openLineage.url';
    throw new GoldsmithError('OPEN_LINEAGE_UNREACHABLE', message, { retryable: true, cause });
  }
  if (response.ok) {
    return true;
  }
  if (WRONG_EVENT.has(response.status)) {
    return false;
  }
  throw new GoldsmithError(
    'OPEN_LINEAGE_UNREACHABLE',
    `the OpenLineage receiver answered ${response.status}; its events are kept and sent again, check notify.openLineage`,
    { retryable: true },
  );
}
