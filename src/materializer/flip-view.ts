import type { Session } from '../connectors/connector.ts';
import { readAccess } from './access.ts';
import type { FlipTarget } from './intended-flip.ts';
import type { MartRecord } from './mart-record.ts';
import { requireNothingLost } from './policies.ts';
import { type Publication, type Published, publishView } from './publish-view.ts';
import { arrived, keepRecord } from './settle-intent.ts';
import { tellAge } from './tell-age.ts';
import type { Work } from './work.ts';

export interface Flip {
  readonly record: MartRecord;
  readonly to: FlipTarget;
  readonly publication: Publication & { readonly select: string };
  readonly work: Pick<Work, 'ledger' | 'clock'>;
}

/**
 * Replaces the stable view and brings the ledger after it: in one transaction, or, where a warehouse commits the view by itself,
 * with the intent written first, so that whoever comes later sees by the view's text whether it happened.
 */
export async function flipView(
  session: Session,
  { record, to, publication, work }: Flip,
): Promise<Published> {
  const { ledger } = work;
  const { relation } = record.mart.definition;
  const at = work.clock.now();
  if (record.mart.held !== undefined) {
    await tellAge(session, { view: relation, asOf: undefined });
  }
  const isStaged = session.wording.staged !== undefined;
  const { select } = publication;
  const access = isStaged ? await readAccess(session, relation) : undefined;
  if (access !== undefined) {
    const { goesBack } = publication;
    await requireNothingLost(session, { view: relation, doing: 'replaced', goesBack });
  }
  const intended = isStaged ? { ...record, intent: { at, select, to, access } } : record;
  if (isStaged) {
    await ledger.writeRecord(intended, session);
    await publication.inside();
  }
  const published = await publishView(session, { ...publication, accessNow: access });
  const after = arrived(intended, { to, viewText: published.viewText, at });
  await keepRecord(relation, { after, ledger, session });
  return published;
}
