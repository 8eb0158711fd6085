import { GoldsmithError } from '../base/goldsmith-error.ts';

/** A fault of the state file; the message says what to do about it. */
export class StoreError extends GoldsmithError {}

/** By SQLite's primary result code. */
const SENTENCES = new Map<
  number,
  { readonly code: string; readonly text: string; readonly retryable?: true }
>([
  [
    5,
    {
      code: 'STATE_BUSY',
      text: 'is in use by another process; stop the other Goldsmith, or wait',
      retryable: true,
    },
  ],
  [
    8,
    {
      code: 'STATE_READ_ONLY',
      text: 'cannot be written; give Goldsmith write permission on it and its folder',
    },
  ],
  [
    10,
    {
      code: 'STATE_IO',
      text: 'cannot be read or written; check the disk it lies on',
      retryable: true,
    },
  ],
  [
    11,
    {
      code: 'STATE_CORRUPT',
      text: `is damaged; restore it from a backup, or move it away and Goldsmith starts anew from the history`,
    },
  ],
  [
    13,
    {
      code: 'STATE_DISK_FULL',
      text: 'cannot grow because the disk is full; free some space, nothing was lost',
      retryable: true,
    },
  ],
  [
    14,
    {
      code: 'STATE_UNREACHABLE',
      text: 'cannot be opened; check that its folder exists and may be written',
    },
  ],
  [
    26,
    {
      code: 'STATE_CORRUPT',
      text: 'is not a Goldsmith state file; move it away and Goldsmith starts anew from the history',
    },
  ],
]);

/** Puts SQLite's error in one sentence. What is not SQLite's stays as it is. */
export function asStoreError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') {
    return error;
  }
  const known = SENTENCES.get(error.errcode & 0xff);
  return known === undefined
    ? new StoreError('STATE_FAULT', `The state file ${path} gave an error: ${error.message}.`, {
        cause: error,
      })
    : new StoreError(known.code, `The state file ${path} ${known.text}.`, {
        cause: error,
        retryable: known.retryable ?? false,
      });
}
