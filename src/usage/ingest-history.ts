import type { EpochMs } from '../base/clock.ts';
import type { BadHistoryRow, HistoryRow, HistorySource } from '../connectors/history-row.ts';
import { addGroup, type IngestOutcome, startOutcome } from './ingest-outcome.ts';
import type { Interpreted } from './interpret-row.ts';
import { keepGroup } from './keep-group.ts';
import { learnTemplates } from './learn-templates.ts';
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
  readonly onProgress?: (progress: { readonly rows: number }) => void;
}

const GROUP_ROWS = 4_000;
const GROUP_CHARACTERS = 8_000_000;

/**
 * Reads the history on from where the last ingest stopped.
 *
 * Rows are taken in groups; a group's facts and ids and the source's position are kept in one transaction, so a crash
 * loses nothing and counts nothing twice. What arrives late lands on its own day; an id counts once. Templates whose
 * shape no longer holds are read again, from a row at hand or from a sample fetched from the source.
 */
export async function ingestHistory(parts: IngestParts): Promise<IngestOutcome> {
  const { source, log, signal } = parts;
  markStaleShapes(parts);
  let outcome = startOutcome();
  let rows: HistoryRow[] = [];
  let bad: BadHistoryRow[] = [];
  let characters = 0;
  let position: string | undefined;

  async function keep(): Promise<void> {
    if (position === undefined) {
      return;
    }
    const group = rows.map((row) => ({ row, meaning: parts.interpret(row) }));
    const learned = await learnTemplates(group, parts);
    const kept = keepGroup({ ...parts, group, bad, position });
    outcome = addGroup(outcome, { ...kept, ...learned });
    rows = [];
    bad = [];
    characters = 0;
    position = undefined;
    parts.onProgress?.({ rows: outcome.rows });
  }

  for await (const batch of source.read(log.positionOf(source.name), { signal })) {
    signal?.throwIfAborted();
    for (const row of batch.rows) {
      rows.push(row);
      characters += row.text.length;
    }
    for (const row of batch.bad) {
      bad.push(row);
    }
    position = batch.position;
    if (rows.length + bad.length >= GROUP_ROWS || characters >= GROUP_CHARACTERS) {
      await keep();
    }
  }
  await keep();

  const reread = await rereadStaleShapes(parts);
  log.prune(parts.retention, parts.now);
  return { ...outcome, rereadTemplates: outcome.rereadTemplates + reread };
}
