import { formatDuration } from '../../base/duration.ts';
import type { RelationId } from '../../base/relation.ts';
import type { Session } from '../../connectors/connector.ts';
import type { MartVersion } from '../../marts/mart.ts';
import { type ActionHandler, nothingHappened } from '../action-handler.ts';
import type { MartRecord } from '../mart-record.ts';
import { ownedMart, tableChanged } from '../owned.ts';
import { whatStands } from '../resume-flip.ts';
import type { CapsSettings } from '../settings.ts';
import { ForeignChange, StepRefused } from '../step-refused.ts';
import { dropUnfinished } from '../unfinished.ts';
import { dropObjects, objectsOf } from '../version-objects.ts';
import { dependentViews, findObject } from '../warehouse-objects.ts';
import { withoutVersion } from '../without-version.ts';
import { writing } from '../work.ts';

/** Drops a hidden version whose grace has ended, if it still is what we built and nothing reads it. */
export const dropVersion: ActionHandler<'drop-version'> = {
  run: ({ mart: relation, version: number, table }, work) =>
    writing(work, {
      purpose: 'drop',
      async run(session) {
        const record = await ownedMart({ ledger: work.ledger, session }, relation);
        if (record.mart.unfinished?.table === table) {
          await dropUnfinished(session, { record, work });
          await work.inside();
          const detail = `${table} was never finished and is dropped`;
          await work.finish(session, detail);
          return { detail, evidence: { ranges: record.mart.unfinished.filled.length } };
        }
        const hidden = record.mart.hidden.find(({ version }) => version.version === number);
        if (hidden === undefined || hidden.version.table !== table) {
          throw new StepRefused(
            'NOT_HIDDEN',
            `version ${number} of ${relation} (${table}) is not among its hidden versions`,
          );
        }
        const waited = work.clock.now() - hidden.hiddenAt;
        const grace = graceOf(record, work.caps);
        if (waited < grace) {
          throw new StepRefused(
            'GRACE_RUNS',
            `${table} was hidden ${formatDuration(waited)} ago and stays for ${formatDuration(grace)}`,
            { waitedMs: waited, graceMs: grace },
          );
        }
        const { version } = hidden;
        const present = await presentObjects(session, version);
        if (present.length > 0) {
          const changed = await tableChanged({ record, version }, session);
          if (changed?.kind === 'foreign') {
            throw new ForeignChange(changed.because);
          }
          const readers = await readersOf(session, version);
          if (readers.length > 0) {
            throw new StepRefused(
              'STILL_READ',
              `${table} is read by ${readers.join(', ')}, so it is not dropped`,
              { dependents: readers.length },
            );
          }
          const options = { purpose: 'drop', signal: work.signal } as const;
          await dropObjects(session, { version, mayDrop: () => true, ...options });
        }
        await work.inside();
        await work.ledger.writeRecord(withoutVersion(record, version), session);
        const detail = present.length === 0 ? `${table} was gone already` : `${table} is dropped`;
        await work.finish(session, detail);
        return { detail, evidence: { waitedMs: waited, bytes: version.bytes } };
      },
    }),

  resume: ({ mart: relation, version: number, table }, work) =>
    whatStands(work, async (session) => {
      const record = await work.ledger.readRecord(relation, session);
      const hidden = record?.mart.hidden.find(({ version }) => version.version === number);
      if (record === undefined || hidden === undefined || hidden.version.table !== table) {
        return nothingHappened;
      }
      if ((await presentObjects(session, hidden.version)).length > 0) {
        return nothingHappened;
      }
      await work.ledger.writeRecord(withoutVersion(record, hidden.version), session);
      return { outcome: 'done', detail: `${table} was dropped, and the ledger says so too now` };
    }),
};

async function presentObjects(
  session: Session,
  version: MartVersion,
): Promise<readonly RelationId[]> {
  const present: RelationId[] = [];
  for (const { relation } of objectsOf(version)) {
    if ((await findObject(session, relation)) !== undefined) {
      present.push(relation);
    }
  }
  return present;
}

async function readersOf(session: Session, version: MartVersion): Promise<readonly RelationId[]> {
  const readers = new Set<RelationId>();
  for (const { relation } of objectsOf(version)) {
    for (const reader of await dependentViews(session, relation)) {
      readers.add(reader);
    }
  }
  return [...readers].toSorted();
}

/** A version that a newer one replaced is let go sooner than the last one of a demoted mart. */
function graceOf({ mart }: MartRecord, caps: CapsSettings): number {
  return mart.stage === 'physical' ? caps.supersededGrace : caps.grace;
}
