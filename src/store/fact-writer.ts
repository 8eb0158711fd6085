import { dayNumberOf } from '../usage/decay.ts';
import { askerKey } from '../usage/roll-up.ts';
import type { UsageFact } from '../usage/template.ts';
import { readerKey } from '../usage/template-use.ts';
import type { StoredValue } from './database.ts';
import { StoreError } from './store-error.ts';
import type { UsageTables } from './usage-tables.ts';

const SAMPLE_CHARACTERS = 120;

/** Adds facts to what the same day, template and asker have, and their columns to what the reader used that day. */
export function factWriter(tables: UsageTables): (facts: readonly UsageFact[]) => void {
  const { database, templates, readers, askers, columnDays, factDays } = tables;
  const addOne = database.prepare(insertOf(1));
  const addMany = database.prepare(insertOf(ROWS_PER_INSERT));

  function readerIdOf({ reader }: UsageFact): number {
    return readers.idOf(readerKey(reader), [reader.kind, reader.name, reader.tool]);
  }

  function askerIdOf(fact: UsageFact, readerId: number): number {
    const { client, role, servedBy } = fact;
    const mart = servedBy.kind === 'base' ? '' : servedBy.mart;
    return askers.idOf(askerKey(fact), [readerId, client, role, servedBy.kind, mart]);
  }

  function templateIdOf({ fingerprint }: UsageFact): number {
    const template = templates.findFingerprint(fingerprint);
    if (template === undefined) {
      throw new StoreError(
        'STATE_TEMPLATE_UNKNOWN',
        `The state knows no template ${fingerprint}, so its runs cannot be booked.`,
      );
    }
    return template.id;
  }

  function placed(facts: readonly UsageFact[]): readonly PlacedFact[] {
    const days = new Map<string, number>();
    return facts
      .map((fact) => {
        const day = days.get(fact.day) ?? dayNumberOf(fact.day);
        days.set(fact.day, day);
        const readerId = readerIdOf(fact);
        const askerId = askerIdOf(fact, readerId);
        return { fact, day, templateId: templateIdOf(fact), readerId, askerId };
      })
      .toSorted(inOrderOfKey);
  }

  return (facts) => {
    const rows = placed(facts);
    const whole = rows.length - (rows.length % ROWS_PER_INSERT);
    for (let from = 0; from < whole; from += ROWS_PER_INSERT) {
      addMany.run(...rows.slice(from, from + ROWS_PER_INSERT).flatMap(cellsOf));
    }
    for (const row of rows.slice(whole)) {
      addOne.run(...cellsOf(row));
    }
    const days = new Set<number>();
    for (const { fact, day, readerId, templateId } of rows) {
      days.add(day);
      if (fact.runs + fact.cachedRuns > 0) {
        columnDays.add({ day, readerId, templateId });
      }
    }
    columnDays.flush();
    for (const day of days) {
      factDays.forgetDay(day);
    }
  };
}

const COLUMNS = 14;
/** One call for several rows halves the way to SQLite and back. */
const ROWS_PER_INSERT = 16;

function insertOf(rows: number): string {
  const row = `(${Array.from({ length: COLUMNS }, () => '?').join(', ')})`;
  return `
    insert into facts values ${Array.from({ length: rows }, () => row).join(', ')}
    on conflict do update set
      runs = runs + excluded.runs,
      costed_runs = costed_runs + excluded.costed_runs,
      cpu_ms = cpu_ms + excluded.cpu_ms,
      cpu_ms_squared = cpu_ms_squared + excluded.cpu_ms_squared,
      duration_ms = duration_ms + excluded.duration_ms,
      rows_scanned = rows_scanned + excluded.rows_scanned,
      bytes_scanned = bytes_scanned + excluded.bytes_scanned,
      failed_runs = failed_runs + excluded.failed_runs,
      cached_runs = cached_runs + excluded.cached_runs,
      last_ended_at = max(last_ended_at, excluded.last_ended_at),
      sample_ids = substr(excluded.sample_ids || sample_ids, 1, max(${SAMPLE_CHARACTERS}, length(excluded.sample_ids)))`;
}

function cellsOf({ fact, day, templateId, askerId }: PlacedFact): readonly StoredValue[] {
  return [
    day,
    templateId,
    askerId,
    fact.runs,
    fact.costedRuns,
    fact.cpuMs,
    fact.cpuMsSquared,
    fact.durationMs,
    fact.rowsScanned,
    fact.bytesScanned,
    fact.failedRuns,
    fact.cachedRuns,
    fact.lastEndedAt,
    joinIds(fact.sampleIds),
  ];
}

interface PlacedFact {
  readonly fact: UsageFact;
  readonly day: number;
  readonly templateId: number;
  readonly readerId: number;
  readonly askerId: number;
}

/** Rows that come in the order of their key are written several times as fast. */
function inOrderOfKey(a: PlacedFact, b: PlacedFact): number {
  return a.day - b.day || a.templateId - b.templateId || a.askerId - b.askerId;
}

/** Each id ends with a line feed, so that a list that was cut short shows which of its ids are whole. */
function joinIds(ids: readonly string[]): string {
  return ids
    .filter((id) => !id.includes('\n'))
    .map((id) => `${id}\n`)
    .join('');
}

/** The whole ids of a list, latest first. */
export function splitIds(list: string): readonly string[] {
  return list.split('\n').slice(0, -1);
}
