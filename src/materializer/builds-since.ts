import type { EpochMs } from '../base/clock.ts';
import type { JournalEntry } from './journal.ts';
import type { Ledger } from './ledger.ts';

/** Builds and refreshes the journal says were begun since a moment. */
export async function buildsSince(
  since: EpochMs,
  ledger: Pick<Ledger, 'entriesOf'>,
): Promise<readonly JournalEntry[]> {
  return [
    ...(await ledger.entriesOf('build-version', since)),
    ...(await ledger.entriesOf('refresh-version', since)),
  ];
}
