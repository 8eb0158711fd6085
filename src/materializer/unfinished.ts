import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { Mart } from '../marts/mart.ts';
import type { Unfinished } from '../marts/ranges.ts';
import { versionMarker } from './marker.ts';
import type { MartRecord } from './mart-record.ts';
import { dropObjects } from './version-objects.ts';
import { findObject } from './warehouse-objects.ts';
import { type Work, writing } from './work.ts';

/** The mart without its unfinished version; the table is another matter. */
export function withoutUnfinished({ unfinished: _gone, ...mart }: Mart): Mart {
  return mart;
}

/** Whether the table steps are filling is there and carries the marker of exactly this version. */
export async function isThere(
  session: Session,
  { mart }: Pick<MartRecord, 'mart'>,
  { table, version }: Pick<Unfinished, 'table' | 'version'>,
): Promise<boolean> {
  const found = await findObject(session, table);
  const marker = versionMarker(mart.definition.relation, version, mart.definitionDigest);
  return found?.kind === 'table' && found.comment === marker;
}

/** Drops what steps filled, if it is ours, and forgets it. Within the caller's transaction. */
export async function dropUnfinished(
  session: Session,
  { record, work }: { readonly record: MartRecord; readonly work: Work },
): Promise<MartRecord> {
  const { unfinished } = record.mart;
  if (unfinished === undefined) {
    return record;
  }
  const { definition, definitionDigest } = record.mart;
  const marker = versionMarker(definition.relation, unfinished.version, definitionDigest);
  await dropObjects(session, {
    version: unfinished,
    mayDrop: (comment) => comment === marker,
    purpose: 'drop',
    signal: work.signal,
  });
  const left = { ...record, mart: withoutUnfinished(record.mart) };
  await work.ledger.writeRecord(left, session);
  return left;
}

/** What steps filled in a table is of no use any more: it was not equal, or takes more than it may. */
export function giveUpUnfinished(
  { signal: _aborted, ...work }: Work,
  { mart: relation, table }: { readonly mart: RelationId; readonly table: RelationId },
): Promise<void> {
  return writing(work, {
    purpose: 'drop',
    async run(session) {
      const record = await work.ledger.readRecord(relation, session);
      if (record?.mart.unfinished?.table === table) {
        await dropUnfinished(session, { record, work });
      }
    },
  });
}
