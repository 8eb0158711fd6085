import { z } from 'zod';
import { DAY_MS, type EpochMs, HOUR_MS } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import type { HistoryRow } from '../../connectors/history-row.ts';
import { mayRename, renamesIn } from '../../drift/rename-statements.ts';
import type { SeenRename } from '../../drift/seen-renames.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { Engine } from '../engine.ts';

const SEEN = 'rename-seen';
const KEPT_MS = 90 * DAY_MS;
/** A migration renames dozens; a job that renames its tables every hour says nothing after a while. */
const MOST_KEPT = 2_000;

const seenRename: z.ZodType<SeenRename, unknown> = z.object({
  at: z.number(),
  names: z.object({ database: z.string().exactOptional(), schema: z.string().exactOptional() }),
  statement: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('column'),
      relation: z.array(z.string()),
      from: z.string(),
      to: z.string(),
    }),
    z.object({
      kind: z.literal('relation'),
      relation: z.array(z.string()),
      to: z.array(z.string()),
    }),
  ]),
});

type Parts = Pick<Engine, 'store' | 'connector' | 'names'>;

/** Keeps what a statement of the history renamed; nothing of those that did not succeed. Read again, it is kept once. */
export function noteRenames(
  { store, connector, names }: Parts,
  { text, status, endedAt, database = names.database, schema = names.schema }: HistoryRow,
): void {
  if (status === 'failed' || status === 'cancelled' || !mayRename(text)) {
    return;
  }
  for (const [nth, statement] of renamesIn(text, dialectOf(connector.dialect)).entries()) {
    const ranIn = {
      ...(database === undefined ? {} : { database }),
      ...(schema === undefined ? {} : { schema }),
    };
    const seen: SeenRename = { at: endedAt, names: ranIn, statement };
    const order = `${String(endedAt).padStart(14, '0')}/${String(nth).padStart(4, '0')}`;
    store.documents.put(SEEN, `${order}/${digestOf(statement).slice(0, 16)}`, seen);
  }
}

/**
 * Looks for renames in the part of the history that no cycle has read: what changed last night stands there. It is read again when
 * its turn comes.
 */
export async function peekRenames(
  engine: Parts & Pick<Engine, 'source'>,
  signal?: AbortSignal,
): Promise<void> {
  const { source, store } = engine;
  for await (const { rows } of source.read(store.usage.positionOf(source.name), { signal })) {
    signal?.throwIfAborted();
    for (const row of rows) {
      noteRenames(engine, row);
    }
  }
}

/** How far the warehouse's clock may be behind ours. */
const LATEST_MS = HOUR_MS;

/** Renames that were seen to be run after a moment, oldest first. */
export function renamesSince(
  { documents }: Pick<Engine['store'], 'documents'>,
  moment: EpochMs,
): readonly SeenRename[] {
  return documents
    .list(SEEN)
    .flatMap(({ value }) => seenRename.safeParse(value).data ?? [])
    .filter(({ at }) => at >= moment - LATEST_MS);
}

export function forgetOldRenames(documents: DocumentStore, now: number): void {
  const all = documents.list(SEEN);
  for (const [at, { key, value }] of all.entries()) {
    const seen = seenRename.safeParse(value).data;
    if (seen === undefined || seen.at < now - KEPT_MS || at < all.length - MOST_KEPT) {
      documents.remove(SEEN, key);
    }
  }
}
