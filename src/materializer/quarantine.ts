import type { RelationId } from '../base/relation.ts';
import { logicalViewStatement } from './logical-view.ts';
import { tableChanged, viewChanged } from './owned.ts';
import { publishView } from './publish-view.ts';
import { type Work, writing } from './work.ts';

export interface Quarantined {
  readonly relation: RelationId;
  readonly because: string;
  /** The stable view answers from its original definition again; false where the view itself is somebody else's now. */
  readonly restored: boolean;
}

/**
 * Stops a mart after somebody else changed it (law 6). As long as the view is ours, readers get the logical definition
 * back; a view that somebody redefined is theirs and stays as it is. Tables stay for people to look at.
 */
export function quarantine(
  work: Work,
  { relation, because }: { readonly relation: RelationId; readonly because: string },
): Promise<Quarantined> {
  return writing(work, {
    purpose: 'publish',
    async run(session): Promise<Quarantined> {
      const record = await work.ledger.readRecord(relation, session);
      if (record === undefined || record.mart.stage === 'quarantined') {
        return { relation, because, restored: false };
      }
      const { mart } = record;
      const isOurs = (await viewChanged(record, session)) === undefined;
      let { viewText } = record;
      if (isOurs && mart.stage === 'physical') {
        const published = await publishView(session, {
          view: relation,
          columns: mart.definition.columns,
          statement: logicalViewStatement(record),
          compareAnswers: false,
          inside: work.inside,
        });
        viewText = published.viewText;
      }
      const { current, ...withoutCurrent } = mart;
      const now = work.clock.now();
      const left = current === undefined ? [] : [{ version: current, hiddenAt: now }];
      await work.ledger.writeRecord(
        {
          ...record,
          viewText,
          freshUntil: undefined,
          note: because,
          mart: { ...withoutCurrent, stage: 'quarantined', hidden: [...mart.hidden, ...left] },
        },
        session,
      );
      await work.ledger.recordRefusal(
        {
          at: now,
          relation,
          digest: mart.definitionDigest,
          code: 'FOREIGN_CHANGE',
          because,
          evidence: {},
        },
        session,
      );
      return { relation, because, restored: isOurs };
    },
  });
}

/**
 * Looks at every mart for foreign changes, to the view and to the table readers use, and quarantines what it finds.
 * A whole read of each current table: it is what readers would get wrong answers from.
 */
export async function guardMarts(work: Work): Promise<readonly Quarantined[]> {
  const found: Quarantined[] = [];
  for (const record of await work.ledger.readRecords()) {
    const { definition, stage, current } = record.mart;
    if (stage === 'quarantined') {
      continue;
    }
    const because = await work.connector.transaction(
      async (session) =>
        (await viewChanged(record, session)) ??
        (current === undefined
          ? undefined
          : await tableChanged({ record, version: current }, session)),
      { readOnly: true, purpose: 'verify', signal: work.signal },
    );
    if (because !== undefined) {
      found.push(await quarantine(work, { relation: definition.relation, because }));
    }
  }
  return found;
}
