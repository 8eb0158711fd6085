import type { EpochMs } from '../base/clock.ts';
import type { HistoryRow } from '../connectors/history-row.ts';
import type { InterpretedUse } from './interpret-row.ts';
import type { Reader, ServedBy, UsageFact } from './template.ts';
import { readerKey } from './template-use.ts';

/** One execution, booked on a template. */
export interface Execution {
  /** Of the template it counts for. */
  readonly fingerprint: string;
  readonly use: InterpretedUse;
  readonly row: HistoryRow;
}

export interface RollUp {
  add(execution: Execution): void;
  /** One fact for each day, template and asker, in order of first sight. */
  facts(): readonly UsageFact[];
}

const SAMPLES_PER_FACT = 3;

/**
 * Adds executions up. Its cost is the cpu time the history tells, else the time the statement took.
 * A statement whose outcome is not known is a run, but never costs.
 */
export function startRollUp(): RollUp {
  const sums = new Map<string, FactSum>();
  return {
    add({ fingerprint, use, row }) {
      const key = `${fingerprint}\0${use.day}\0${askerKey(use)}`;
      let sum = sums.get(key);
      if (sum === undefined) {
        sum = emptySum(fingerprint, use);
        sums.set(key, sum);
      }
      addExecution(sum, use, row);
    },
    facts: () => [...sums.values()],
  };
}

/** One text for each way of asking: equal keys, same reader over the same client and role, answered the same way. */
export function askerKey({ reader, client, role, servedBy }: Asker): string {
  const mart = servedBy.kind === 'base' ? '' : servedBy.mart;
  return `${readerKey(reader)}\0${client}\0${role}\0${servedBy.kind}\0${mart}`;
}

export interface Asker {
  readonly reader: Reader;
  readonly client: string;
  readonly role: string;
  readonly servedBy: ServedBy;
}

interface FactSum extends Asker {
  readonly fingerprint: string;
  readonly day: string;
  runs: number;
  costedRuns: number;
  cpuMs: number;
  cpuMsSquared: number;
  durationMs: number;
  rowsScanned: number;
  bytesScanned: number;
  failedRuns: number;
  cachedRuns: number;
  lastEndedAt: EpochMs;
  /** Latest first. */
  readonly sampleIds: string[];
}

function emptySum(fingerprint: string, use: InterpretedUse): FactSum {
  return {
    fingerprint,
    day: use.day,
    reader: use.reader,
    client: use.client,
    role: use.role,
    servedBy: use.servedBy,
    runs: 0,
    costedRuns: 0,
    cpuMs: 0,
    cpuMsSquared: 0,
    durationMs: 0,
    rowsScanned: 0,
    bytesScanned: 0,
    failedRuns: 0,
    cachedRuns: 0,
    lastEndedAt: 0,
    sampleIds: [],
  };
}

function addExecution(sum: FactSum, use: InterpretedUse, row: HistoryRow): void {
  sum.lastEndedAt = Math.max(sum.lastEndedAt, use.endedAt);
  if (use.status === 'failed' || use.status === 'cancelled') {
    sum.failedRuns += 1;
    return;
  }
  if (use.cached) {
    sum.cachedRuns += 1;
    return;
  }
  sum.runs += 1;
  if (use.status === 'success') {
    addCost(sum, row);
    addSample(sum, row.id);
  }
}

function addCost(sum: FactSum, row: HistoryRow): void {
  const cpuMs = row.cpuMs ?? row.durationMs;
  if (cpuMs !== undefined) {
    sum.costedRuns += 1;
    sum.cpuMs += cpuMs;
    sum.cpuMsSquared += cpuMs * cpuMs;
  }
  sum.durationMs += row.durationMs ?? 0;
  sum.rowsScanned += row.rowsScanned ?? 0;
  sum.bytesScanned += row.bytesScanned ?? 0;
}

/** Statements served from a mart are no samples: their texts read the mart, not what they asked for. */
function addSample(sum: FactSum, id: string): void {
  if (sum.servedBy.kind === 'route') {
    return;
  }
  sum.sampleIds.unshift(id);
  sum.sampleIds.length = Math.min(sum.sampleIds.length, SAMPLES_PER_FACT);
}
