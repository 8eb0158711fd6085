import type { EpochMs } from '../../base/clock.ts';
import type { Connector } from '../connector.ts';
import type { HistorySource } from '../history-row.ts';
import type { HistorySettings } from '../settings.ts';

export interface OpenHistoryParts {
  readonly settings: HistorySettings;
  /** The open warehouse, for a history that lives in it. */
  readonly connector: Connector;
  /** Real time: DuckDB's log is written by a real clock, whatever clock the daemon turns. */
  readonly now?: () => EpochMs;
}

/** Opens the configured history; it is not read yet, so a missing file is told by the first `read`. */
export async function openHistory({
  settings,
  connector,
  now = Date.now,
}: OpenHistoryParts): Promise<HistorySource> {
  switch (settings.source) {
    case 'export': {
      const { ExportHistory } = await import('./export-history.ts');
      return new ExportHistory({ name: 'export', path: settings.path, format: settings.format });
    }
    case 'postgres-log': {
      const { ExportHistory } = await import('./export-history.ts');
      const { postgresLog } = await import('../postgres/log-line.ts');
      const { source: name, path } = settings;
      return new ExportHistory({ name, path, format: 'jsonl', lines: postgresLog });
    }
    case 'postgres-statements': {
      const { StatementCounters } = await import('../postgres/statement-counters.ts');
      const { source: name, relation } = settings;
      return new StatementCounters({ name, relation, connector, now });
    }
    case 'bigquery-jobs': {
      const { openJobsHistory } = await import('../bigquery/jobs-history.ts');
      const { source: name, ...rest } = settings;
      return openJobsHistory({ name, ...rest, connector, now });
    }
    case 'databricks-history': {
      const { openQueryHistory } = await import('../databricks/query-history.ts');
      const { source: name, ...asked } = settings;
      return openQueryHistory({ ...asked, name, connector, now });
    }
    case 'snowflake-history': {
      const { openQueryHistory } = await import('../snowflake/query-history.ts');
      const { source: name, latency: latencyMs, lookback: lookbackMs, ...asked } = settings;
      return openQueryHistory({ ...asked, name, latencyMs, lookbackMs, connector, now });
    }
    case 'duckdb-log': {
      const { LogFileHistory } = await import('../duckdb/log-file-history.ts');
      return new LogFileHistory({ name: 'duckdb-log', folder: settings.path, now });
    }
    case 'duckdb-live-log': {
      const { LiveLogHistory } = await import('../duckdb/live-log-history.ts');
      return new LiveLogHistory({ name: 'duckdb-live-log', connector, now });
    }
  }
}
