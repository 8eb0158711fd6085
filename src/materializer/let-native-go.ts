import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { offerOf } from '../connectors/native-offer.ts';
import { refusedToo } from '../marts/native-shape.ts';
import type { Resumed } from './action-handler.ts';
import { answerFromDefinition } from './answer-from-definition.ts';
import { versionMarker } from './marker.ts';
import type { MartRecord } from './mart-record.ts';
import { ownedMart } from './owned.ts';
import { dropObjects } from './version-objects.ts';
import { dependentViews } from './warehouse-objects.ts';
import { withoutVersion } from './without-version.ts';
import { type Work, writing } from './work.ts';

/**
 * Notes that a mart is kept as a table from now on. Where readers were shown what did not hold, they get the definition back in the
 * same breath.
 */
export function letNativeGo(
  { signal: _aborted, ...work }: Work,
  {
    relation,
    because,
    isSeen,
  }: { readonly relation: RelationId; readonly because: string; readonly isSeen: boolean },
): Promise<void> {
  return writing(work, {
    purpose: 'publish',
    async run(session) {
      const record = await ownedMart({ ledger: work.ledger, session }, relation);
      const since = work.clock.now();
      const kind = record.mart.current?.native?.kind;
      const now = { since, because, ...(kind === undefined ? {} : { kind }) };
      const notNative = refusedToo(record.mart.notNative, now);
      const noted = { ...record, mart: { ...record.mart, notNative } };
      await work.ledger.writeRecord(noted, session);
      const wasRolledBack = work.connector.capabilities.transactionalDdl;
      if (isSeen && !wasRolledBack && record.mart.stage === 'physical') {
        await answerFromDefinition({ session, work }, { record: noted, to: { kind: 'logical' } });
        await dropWhereLive({ session, work }, record);
      }
    },
  });
}

/**
 * Where the warehouse answers statements on the tables from it by itself, hiding what does not hold is not enough: it is dropped at
 * once, unless somebody's view reads it.
 */
async function dropWhereLive(
  { session, work }: { readonly session: Session; readonly work: Work },
  { mart }: MartRecord,
): Promise<void> {
  const { current: version, definition } = mart;
  const isLive = offerOf(work.connector.capabilities, version?.native?.kind)?.live === true;
  if (
    !isLive ||
    version === undefined ||
    (await dependentViews(session, version.table)).length > 0
  ) {
    return;
  }
  const marker = versionMarker(definition.relation, version.version, mart.definitionDigest);
  const mayDrop = (comment: string | undefined) => comment === marker;
  const dropped = await dropObjects(session, { version, mayDrop, purpose: 'drop' });
  const now = await work.ledger.readRecord(definition.relation, session);
  if (now !== undefined && dropped.length > 0) {
    await work.ledger.writeRecord(withoutVersion(now, version), session);
  }
}

/** A refresh that was cut off may have happened: the next one is compared with the whole definition. */
export function noteUnproved(
  relation: RelationId,
  { signal: _aborted, ...work }: Work,
): Promise<Resumed> {
  return writing(work, {
    purpose: 'ledger',
    async run(session): Promise<Resumed> {
      const record = await work.ledger.readRecord(relation, session);
      const unproved = record === undefined ? undefined : withoutProof(record);
      if (unproved === undefined) {
        return { outcome: 'undone', detail: `${relation} has no version the warehouse keeps` };
      }
      await work.ledger.writeRecord(unproved, session);
      return {
        outcome: 'undone',
        detail: `${relation} may have been refreshed; the next refresh compares all of it`,
      };
    },
  });
}

function withoutProof(record: MartRecord): MartRecord | undefined {
  const { current } = record.mart;
  return current?.native === undefined
    ? undefined
    : {
        ...record,
        mart: {
          ...record.mart,
          current: { ...current, native: { ...current.native, sinceWhole: UNPROVED } },
        },
      };
}

/** More refreshes than any policy lets go by. */
const UNPROVED = 1_000_000;
