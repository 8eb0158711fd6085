import type { RelationId } from '../base/relation.ts';
import type { Resumed } from './action-handler.ts';
import { answerFromDefinition } from './answer-from-definition.ts';
import type { MartRecord } from './mart-record.ts';
import { ownedMart } from './owned.ts';
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
      const noted = { ...record, mart: { ...record.mart, notNative: { since, because } } };
      await work.ledger.writeRecord(noted, session);
      const wasRolledBack = work.connector.capabilities.transactionalDdl;
      if (isSeen && !wasRolledBack && record.mart.stage === 'physical') {
        await answerFromDefinition({ session, work }, { record: noted, to: { kind: 'logical' } });
      }
    },
  });
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
