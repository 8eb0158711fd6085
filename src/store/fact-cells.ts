import type { UsageFact } from '../usage/template.ts';
import type { Asker } from './asker-reader.ts';
import type { StoredValue } from './database.ts';

/** What `factOf` reads, in its order. */
export const FACT_COLUMNS =
  'template_id, asker_id, runs, costed_runs, cpu_ms, cpu_ms_squared, duration_ms, rows_scanned, bytes_scanned, failed_runs, cached_runs, last_ended_at, sample_ids';

export const NO_SAMPLES: readonly string[] = [];

export interface FactNames {
  readonly fingerprint: string;
  readonly day: string;
  readonly asker: Asker;
  readonly sampleIds: readonly string[];
}

/** A fact out of the cells of `FACT_COLUMNS`. */
export function factOf(
  row: readonly StoredValue[],
  { fingerprint, day, asker, sampleIds }: FactNames,
): UsageFact {
  const cells = row as readonly number[];
  return {
    fingerprint,
    day,
    reader: asker.reader,
    client: asker.client,
    role: asker.role,
    servedBy: asker.servedBy,
    runs: cells[2] ?? 0,
    costedRuns: cells[3] ?? 0,
    cpuMs: cells[4] ?? 0,
    cpuMsSquared: cells[5] ?? 0,
    durationMs: cells[6] ?? 0,
    rowsScanned: cells[7] ?? 0,
    bytesScanned: cells[8] ?? 0,
    failedRuns: cells[9] ?? 0,
    cachedRuns: cells[10] ?? 0,
    lastEndedAt: cells[11] ?? 0,
    sampleIds,
  };
}
