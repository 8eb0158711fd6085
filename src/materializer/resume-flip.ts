import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { nothingHappened, type Resumed } from './action-handler.ts';
import { settleIntent } from './settle-intent.ts';
import { type Work, writing } from './work.ts';

/** A flip that was interrupted: the view's text tells whether it happened, and then the ledger is brought after it. */
export function resumeFlip(relation: RelationId, work: Work): Promise<Resumed> {
  const { ledger } = work;
  return whatStands(work, async (session) => {
    const record = await ledger.readRecord(relation, session);
    const settled = record && (await settleIntent(record, { ledger, session }));
    return settled?.happened === true
      ? {
          outcome: 'done',
          detail: `${relation} answered so already, and the ledger says so too now`,
        }
      : nothingHappened;
  });
}

/** Asked only where a step is not one transaction: elsewhere it was committed with its outcome, or never happened. */
export function whatStands(
  { signal: _aborted, ...work }: Work,
  look: (session: Session) => Promise<Resumed>,
): Promise<Resumed> {
  return work.connector.capabilities.transactionalDdl
    ? Promise.resolve(nothingHappened)
    : writing(work, { purpose: 'publish', run: look });
}
