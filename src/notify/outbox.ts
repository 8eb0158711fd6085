import type { EpochMs } from '../base/clock.ts';
import { HOUR_MS } from '../base/clock.ts';
import type { Notice } from './notice.ts';

/** A notice on its way, and when it was handed in. */
export interface WaitingNotice {
  readonly at: EpochMs;
  readonly notice: Notice;
}

/** What people have not been told yet. */
export interface Waiting {
  /** In the order they came, no two that say the same. */
  readonly notices: readonly WaitingNotice[];
  /** Older ones there was no room for. */
  readonly forgotten: number;
  /** Attempts to tell that failed since the last one that did not. */
  readonly failures: number;
  /** Nothing is tried before. */
  readonly notBefore: EpochMs;
}

/** Keeps what waits over restarts. A notice is removed after it was delivered: a kill in between tells it twice, never not at all. */
export interface Outbox {
  read(): Waiting;
  write(waiting: Waiting): void;
}

export const nothingWaits: Waiting = { notices: [], forgotten: 0, failures: 0, notBefore: 0 };

/** An outbox that is lost with the process. */
export function outboxInMemory(): Outbox {
  let kept = nothingWaits;
  return {
    read: () => kept,
    write(waiting) {
      kept = waiting;
    },
  };
}

/** Kept at most; of older ones only the number is known. */
const MOST_WAITING = 100;

/** With these handed in too. What waits already is not kept twice. */
export function withNotices(
  waiting: Waiting,
  { notices, now }: { readonly notices: readonly Notice[]; readonly now: EpochMs },
): Waiting {
  const kept = [...waiting.notices];
  const said = new Set(kept.map(({ notice }) => saying(notice)));
  for (const notice of notices) {
    if (!said.has(saying(notice))) {
      said.add(saying(notice));
      kept.push({ at: now, notice });
    }
  }
  const forgotten = waiting.forgotten + Math.max(0, kept.length - MOST_WAITING);
  return { ...waiting, notices: kept.slice(-MOST_WAITING), forgotten };
}

/** The same step that fails every night is one notice, whatever plan it stood in. */
function saying({ title, because }: Notice): string {
  return JSON.stringify([title, because]);
}

const FIRST_PAUSE_MS = 60_000;

/** After an attempt that failed: a minute's pause, doubled with each further one, an hour at most. */
export function afterFailure(waiting: Waiting, now: EpochMs): Waiting {
  const pause = Math.min(HOUR_MS, FIRST_PAUSE_MS * 2 ** waiting.failures);
  return { ...waiting, failures: waiting.failures + 1, notBefore: now + pause };
}
