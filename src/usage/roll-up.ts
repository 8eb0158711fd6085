import type { HistoryRow } from '../connectors/history-row.ts';
import { askerNumbers } from './asker-numbers.ts';
import type { InterpretedUse } from './interpret-row.ts';
import type { Reader, ServedBy, UsageFact } from './template.ts';
import { readerKey } from './template-use.ts';

/** The runs of one text in one scope, before it is settled which template they count for. */
export interface Booking {
  /** Of the text as it ran. */
  readonly fingerprint: string;
  /** Of the statement that was asked. */
  readonly templateFingerprint: string;
  readonly database: string;
  readonly schema: string;
  /** Its runs as facts of this template. */
  factsOf(template: string): readonly UsageFact[];
}

export interface RollUp {
  /** Adds a run; gives the booking it went to. */
  add(use: InterpretedUse, row: HistoryRow): Booking;
  /** In order of first sight. */
  bookings(): Iterable<Booking>;
}

const SAMPLES_PER_FACT = 3;

/**
 * Adds runs up per day and asker. The cost of a run is the cpu time the history tells, else the time it took.
 * A statement whose outcome is not known is a run, but never costs.
 */
export function startRollUp(): RollUp {
  const byFingerprint = new Map<string, Page[]>();
  const numbers = askerNumbers();

  function pageOf(use: InterpretedUse, { database = '', schema = '' }: HistoryRow): Page {
    const pages = byFingerprint.get(use.fingerprint) ?? [];
    const known = pages.find(
      (page) =>
        page.templateFingerprint === use.templateFingerprint &&
        page.database === database &&
        page.schema === schema,
    );
    if (known !== undefined) {
      return known;
    }
    const page = emptyPage(use, { database, schema });
    pages.push(page);
    byFingerprint.set(use.fingerprint, pages);
    return page;
  }

  return {
    add(use, row) {
      const page = pageOf(use, row);
      const key = numbers.of(use);
      let sum = page.sums.get(key);
      if (sum === undefined) {
        sum = emptySum(use);
        page.sums.set(key, sum);
      }
      addRun(sum, { use, row });
      return page;
    },
    *bookings() {
      for (const pages of byFingerprint.values()) {
        yield* pages;
      }
    },
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

interface Page extends Booking {
  /** By day and asker. */
  readonly sums: Map<number, FactSum>;
}

type Changing<Type> = { -readonly [Name in keyof Type]: Type[Name] };

interface FactSum extends Changing<Omit<UsageFact, 'fingerprint' | 'sampleIds'>> {
  /** Latest first. */
  readonly sampleIds: string[];
}

function emptyPage(
  { fingerprint, templateFingerprint }: InterpretedUse,
  scope: { readonly database: string; readonly schema: string },
): Page {
  const sums = new Map<number, FactSum>();
  return {
    fingerprint,
    templateFingerprint,
    ...scope,
    sums,
    factsOf: (template) => [...sums.values()].map((sum) => ({ fingerprint: template, ...sum })),
  };
}

function emptySum({ day, reader, client, role, servedBy }: InterpretedUse): FactSum {
  return {
    day,
    reader,
    client,
    role,
    servedBy,
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

interface Run {
  readonly use: InterpretedUse;
  readonly row: HistoryRow;
}

function addRun(sum: FactSum, { use, row }: Run): void {
  const { runs = 1 } = row;
  sum.lastEndedAt = Math.max(sum.lastEndedAt, use.endedAt);
  if (use.status === 'failed' || use.status === 'cancelled') {
    sum.failedRuns += runs;
    return;
  }
  if (use.cached) {
    sum.cachedRuns += runs;
    return;
  }
  sum.runs += runs;
  if (use.status === 'success') {
    addCost(sum, row);
    if (runs > 0) {
      addSample(sum, row.id);
    }
  }
}

function addCost(sum: FactSum, row: HistoryRow): void {
  const { corrects } = row;
  const cpuMs = row.cpuMs ?? row.durationMs;
  if (corrects !== undefined && cpuMs !== undefined) {
    const { runs, cpuMs: was } = corrects;
    sum.cpuMs += cpuMs;
    sum.cpuMsSquared += ((was + cpuMs) ** 2 - was ** 2) / runs;
    return;
  }
  if (cpuMs !== undefined) {
    const { runs = 1 } = row;
    sum.costedRuns += runs;
    sum.cpuMs += cpuMs;
    sum.cpuMsSquared += (cpuMs * cpuMs) / runs;
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
