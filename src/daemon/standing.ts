import { DAY_MS, dayOf, type EpochMs } from '../base/clock.ts';
import type { Mart } from '../marts/mart.ts';
import type { MartRecord } from '../materializer/mart-record.ts';
import type { CarriedOut } from '../savings/write-receipts.ts';
import type { Engine } from './engine.ts';

type Parts = Pick<Engine, 'memory' | 'clock'>;

/**
 * Ends the decisions whose mart is no table any more though no plan of ours took it back: somebody else's change stopped
 * it. Nothing that readers do from now on is a saving of it.
 */
export function endWhatFell({ memory, clock }: Parts, marts: readonly Mart[]): void {
  const standing = new Set(
    marts.filter(({ stage }) => stage === 'physical').map(({ definition }) => definition.relation),
  );
  for (const one of memory.carriedOut.list()) {
    if (one.until === undefined && !standing.has(one.relation)) {
      memory.carriedOut.put(one.decision, { ...one, until: clock.now(), rolledBack: true });
    }
  }
}

/**
 * Counts what the versions of each mart took since they were last looked at, hidden ones included, on its newest decision:
 * a mart that was taken back keeps costing storage until its last version is dropped.
 */
export function countStorage({ memory, clock }: Parts, marts: readonly Mart[]): void {
  const now = clock.now();
  const newest = new Map<string, CarriedOut>();
  for (const one of memory.carriedOut.list()) {
    const other = newest.get(one.relation);
    if (other === undefined || other.physicalSince <= one.physicalSince) {
      newest.set(one.relation, one);
    }
  }
  for (const one of newest.values()) {
    const days = Math.max(0, now - (one.storageCountedAt ?? one.physicalSince)) / DAY_MS;
    const byteDays = (one.storedByteDays ?? 0) + days * bytesOf(marts, one);
    if (days > 0) {
      memory.carriedOut.put(one.decision, {
        ...one,
        storedByteDays: byteDays,
        storageCountedAt: now,
      });
    }
  }
}

function bytesOf(marts: readonly Mart[], { relation }: CarriedOut): number {
  const mart = marts.find(({ definition }) => definition.relation === relation);
  const versions = [mart?.current, ...(mart?.hidden.map(({ version }) => version) ?? [])];
  return versions.reduce((sum, version) => sum + (version?.bytes ?? 0), 0);
}

/**
 * Remembers the days on which a stable view had expired, because no daemon renewed it: readers were answered by the logical
 * definition then, so these days saved nothing. A cycle that began some minutes late costs no day. Only for views that carry their expiry.
 */
export function noteLapses({ memory, clock }: Parts, records: readonly MartRecord[]): void {
  const now = clock.now();
  for (const { mart, freshUntil } of records) {
    const open = memory.carriedOut
      .list()
      .find(({ relation, until }) => relation === mart.definition.relation && until === undefined);
    if (
      mart.stage === 'physical' &&
      freshUntil !== undefined &&
      now - freshUntil > NO_LAPSE_MS &&
      open
    ) {
      const lapsedDays = [...new Set([...(open.lapsedDays ?? []), ...daysFrom(freshUntil, now)])];
      memory.carriedOut.put(open.decision, { ...open, lapsedDays });
    }
  }
}

/** Shorter than what the days of the flips themselves leave out. */
const NO_LAPSE_MS = 15 * 60_000;

function daysFrom(from: EpochMs, until: EpochMs): readonly string[] {
  const days: string[] = [];
  for (let at = from; dayOf(at) <= dayOf(until); at += DAY_MS) {
    days.push(dayOf(at));
  }
  return days;
}
