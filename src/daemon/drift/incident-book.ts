import { z } from 'zod';
import { DAY_MS, type EpochMs } from '../../base/clock.ts';
import type { RelationId } from '../../base/relation.ts';
import { type Incident, incident, incidentKey } from '../../drift/incidents/incident.ts';
import type { SourceState } from '../../marts/mart.ts';
import { measureKey } from '../../marts/same-measure.ts';
import type { DocumentStore } from '../../store/document-store.ts';

const OPEN = 'incident-open';
const ENDED = 'incident-ended';
const WELL = 'mart-well';
const CHANGES = 'source-changes';
const ACCEPTED = 'source-accepted';
/** Ended incidents are told this long, and no more of them than this. */
const KEPT_MS = 90 * DAY_MS;
const MOST_ENDED = 500;
const MOST_CHANGES = 12;

const sourceChanges = z.object({
  rows: z.number(),
  checksum: z.string(),
  /** The columns it is over. */
  measure: z.string().exactOptional(),
  at: z.array(z.number()),
});
/** Of all columns. */
const NO_LIST = measureKey({});

/** Incidents that have not ended, in the order of their keys. */
export function openIncidents(documents: DocumentStore): readonly Incident[] {
  return documents.list(OPEN).flatMap(({ value }) => incident.safeParse(value).data ?? []);
}

/** Those that ended in the last 90 days, latest first. */
export function endedIncidents(documents: DocumentStore): readonly Incident[] {
  return documents
    .list(ENDED)
    .flatMap(({ value }) => incident.safeParse(value).data ?? [])
    .toReversed();
}

/** Puts these in place of all that are open; what ended is kept aside, and rows that stay fallen are expected no more. */
export function keepIncidents(
  documents: DocumentStore,
  {
    open,
    ended,
    now,
  }: {
    readonly open: readonly Incident[];
    readonly ended: readonly Incident[];
    readonly now: EpochMs;
  },
): void {
  for (const { key } of documents.list(OPEN)) {
    documents.remove(OPEN, key);
  }
  for (const one of open) {
    documents.put(OPEN, incidentKey(one), one);
  }
  for (const one of ended) {
    documents.put(ENDED, `${String(now).padStart(14, '0')} ${incidentKey(one)}`, one);
  }
  const all = documents.list(ENDED);
  for (const [at, { key, value }] of all.entries()) {
    const endedAt = incident.safeParse(value).data?.endedAt ?? 0;
    if (endedAt < now - KEPT_MS || at < all.length - MOST_ENDED) {
      documents.remove(ENDED, key);
    }
  }
}

/** When all was well with a mart the last time somebody looked. */
export function wellAt(documents: DocumentStore, mart: RelationId): EpochMs | undefined {
  return z.number().safeParse(documents.get(WELL, mart)).data;
}

export function keepWell(documents: DocumentStore, mart: RelationId, now: EpochMs): void {
  documents.put(WELL, mart, now);
}

/** Rows that a mart's source may have though it had more; any number where a key is none any more. */
export function acceptedOf(
  documents: DocumentStore,
  mart: RelationId,
  subject: string,
): number | undefined {
  return z.number().safeParse(documents.get(ACCEPTED, `${mart} ${subject}`)).data;
}

export function accept(
  documents: DocumentStore,
  { relation, subject }: Incident,
  rows: number,
): void {
  documents.put(ACCEPTED, `${relation} ${subject}`, rows);
}

/** Moments at which a source was seen to have changed, oldest first. */
export function changesOf(documents: DocumentStore, source: RelationId): readonly EpochMs[] {
  return sourceChanges.safeParse(documents.get(CHANGES, source)).data?.at ?? [];
}

/** Takes down when sources change; the first look at one is no change. */
export function noteChanges(
  documents: DocumentStore,
  { states, now }: { readonly states: readonly SourceState[]; readonly now: EpochMs },
): void {
  for (const [relation, measured] of Map.groupBy(states, (state) => state.relation)) {
    const known = sourceChanges.safeParse(documents.get(CHANGES, relation)).data;
    const same = measured.find((state) => measureKey(state) === (known?.measure ?? NO_LIST));
    const state = same ?? measured[0];
    if (state === undefined) {
      continue;
    }
    const { rows, checksum } = state;
    // Where the number of rows said enough, contents were not read; and other columns tell nothing of these.
    const isRead = checksum !== '' && known?.checksum !== '' && same !== undefined;
    const isOther = known?.rows !== rows || (isRead && known.checksum !== checksum);
    const at = known === undefined ? [] : [...known.at, ...(isOther ? [now] : [])];
    documents.put(CHANGES, relation, {
      rows,
      checksum: checksum === '' && !isOther ? (known?.checksum ?? '') : checksum,
      measure: measureKey(state),
      at: at.slice(-MOST_CHANGES),
    });
  }
}
