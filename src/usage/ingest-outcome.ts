import type { BadHistoryRow } from '../connectors/history-row.ts';

/** What one ingest did. `rows` = `counted` + `skipped` + `duplicates` + `tooOld`. */
export interface IngestOutcome {
  readonly rows: number;
  readonly counted: number;
  /** By skip rule. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly duplicates: number;
  /** Statements of days whose ids are forgotten: they may have been counted before, so they are left out. */
  readonly tooOld: number;
  readonly badRows: number;
  /** The last few bad rows, oldest first. */
  readonly lastBadRows: readonly BadHistoryRow[];
  readonly newTemplates: number;
  /** Templates whose shape was read again because the schema or the parsers moved. */
  readonly rereadTemplates: number;
}

const BAD_ROWS_KEPT = 20;

/** What groups of rows did; templates are learned apart from them. */
export type KeptRows = Omit<IngestOutcome, 'newTemplates' | 'rereadTemplates'>;

export function startOutcome(): KeptRows {
  return {
    rows: 0,
    counted: 0,
    skipped: {},
    duplicates: 0,
    tooOld: 0,
    badRows: 0,
    lastBadRows: [],
  };
}

/** Adds what one group of rows did. */
export function addGroup(sum: KeptRows, group: KeptRows): KeptRows {
  return {
    rows: sum.rows + group.rows,
    counted: sum.counted + group.counted,
    skipped: addCounts(sum.skipped, group.skipped),
    duplicates: sum.duplicates + group.duplicates,
    tooOld: sum.tooOld + group.tooOld,
    badRows: sum.badRows + group.badRows,
    lastBadRows: [...sum.lastBadRows, ...group.lastBadRows.slice(-BAD_ROWS_KEPT)].slice(
      -BAD_ROWS_KEPT,
    ),
  };
}

function addCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sums = new Map(Object.entries(a));
  for (const [name, count] of Object.entries(b)) {
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return Object.fromEntries([...sums].toSorted(([x], [y]) => (x < y ? -1 : 1)));
}
