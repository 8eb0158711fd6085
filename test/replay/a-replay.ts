import { ExportHistory } from '../../src/connectors/history/export-history.ts';
import { replayHistory } from '../../src/replay/replay-history.ts';
import type { ReplayReport } from '../../src/replay/replay-report.ts';
import { type ReplayOptions, replaySettings } from '../../src/replay/replay-settings.ts';
import { historyFile } from './a-history.ts';

/** Replays rows as `goldsmith replay` would, without a config file. */
export async function replayed(
  rows: readonly Record<string, unknown>[],
  { ddl, ...options }: ReplayOptions & { readonly ddl?: string } = {},
): Promise<ReplayReport> {
  using file = historyFile(rows);
  return await replayHistory({
    source: new ExportHistory({ name: 'replay', path: file.path, format: 'auto' }),
    name: 'history.jsonl',
    settings: replaySettings({ dialect: 'duckdb', ...options }, undefined),
    ddl,
  });
}
