import { DAY_MS, type EpochMs } from '../base/clock.ts';
import type { Work } from './work.ts';
import { writing } from './work.ts';

/** Refusals that are a person's word stay for good. */
const A_PERSONS_WORD =
  "('declined', 'declined-prune', 'declined-drop', 'declined-follow', 'declined-edit', 'reconsidered', 'kept-attribute')";

/** Every cycle renews the expiry of every physical mart; after this long one renewal tells no more than the next. */
const RENEWALS_KEPT_MS = 30 * DAY_MS;

/**
 * Lets go of what the ledger need not remember: steps that ended and refusals older than `retentionMs`, and repointed views
 * older than 30 days. What is still open, what a person said and what is owned always stay.
 */
export async function pruneLedger(
  work: Work,
  { now, retentionMs }: { readonly now: EpochMs; readonly retentionMs: number },
): Promise<void> {
  const { journal, refusals } = work.ledger.tables;
  const options = { purpose: 'ledger', signal: work.signal } as const;
  await writing(work, {
    purpose: 'ledger',
    async run(session) {
      await session.execute(
        `delete from ${journal} where ended_at is not null and (started_at < ${now - retentionMs}
or (verb = 'repoint-view' and started_at < ${now - Math.min(retentionMs, RENEWALS_KEPT_MS)}))`,
        options,
      );
      await session.execute(
        `delete from ${refusals} where refused_at < ${now - retentionMs} and code not in ${A_PERSONS_WORD}`,
        options,
      );
    },
  });
}
