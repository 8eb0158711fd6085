import type { EpochMs } from '../base/clock.ts';
import type { HistoryRow, HistorySource } from '../connectors/history-row.ts';
import { startGroup } from './ingest-group.ts';
import { addGroup, type IngestOutcome, startOutcome } from './ingest-outcome.ts';
import type { Interpreted } from './interpret-row.ts';
import { keepGroups } from './keep-groups.ts';
import { markStaleShapes, rereadStaleShapes } from './refresh-shapes.ts';
import type { ShapeKeys } from './shape-keys.ts';
import type { ReadShapes, Retention, UsageLog } from './usage-ports.ts';

export interface IngestParts {
  readonly source: HistorySource;
  readonly log: UsageLog;
  readonly interpret: (row: HistoryRow) => Interpreted;
  readonly readShapes: ReadShapes;
  readonly shapeKeys: ShapeKeys;
  readonly retention: Retention;
  readonly now: EpochMs;
  readonly signal?: AbortSignal | undefined;
  /** Rows kept in one transaction, at least. */
  readonly groupRows?: number;
  readonly onProgress?: (progress: { readonly rows: number }) => void;
}

/** Ids are hashes, so every group touches most pages of their table: few large groups write much less than many small ones. */
const GROUP_ROWS = 64_000;

/**
 * Reads the history on from where the last ingest stopped.
 *
 * Rows are taken in groups; a group's facts and ids and the source's position are kept in one transaction, so a crash
 * loses nothing and counts nothing twice. Groups are kept in their order while the next ones are being read. What arrives
 * late lands on its own day; an id counts once. Templates whose shape no longer holds are read again, from a row at hand
 * or from a sample fetched from the source.
 */
export async function ingestHistory(parts: IngestParts): Promise<IngestOutcome> {
  const { source, log, signal } = parts;
  markStaleShapes(parts);
  let outcome = startOutcome();
  const keeper = keepGroups({
    ...parts,
    onKept(kept) {
      outcome = addGroup(outcome, kept.keep());
      parts.onProgress?.({ rows: outcome.rows });
    },
  });
  const groupParts = { ...parts, pending: keeper.pending, isCounted: keeper.isCounted };
  let group = startGroup(groupParts);

  try {
    for await (const batch of source.read(log.positionOf(source.name), { signal })) {
      signal?.throwIfAborted();
      group.add(batch);
      keeper.learn(group.takeUnread());
      if (group.size() >= (parts.groupRows ?? GROUP_ROWS)) {
        keeper.close(group);
        group = startGroup(groupParts);
      }
      await keeper.room();
    }
    keeper.close(group);
    const learned = await keeper.finish();
    const reread = await rereadStaleShapes(parts);
    log.prune(parts.retention, parts.now);
    return {
      ...outcome,
      newTemplates: learned.newTemplates,
      rereadTemplates: learned.rereadTemplates + reread,
    };
  } finally {
    await keeper.stop();
  }
}
