import { type Line, type LineRange, readLines } from '../history/read-lines.ts';
import { type LogRecord, parseLogRecord, RECORD_HEADER, RECORD_START } from './log-record.ts';

/** An entry as it stands in the file. */
export type PlacedRecord =
  | {
      readonly kind: 'record';
      readonly record: LogRecord;
      readonly offset: number;
      readonly end: number;
      readonly lines: number;
    }
  | {
      readonly kind: 'bad';
      readonly because: string;
      readonly line: number;
      readonly end: number;
      readonly lines: number;
    };

const CUT_OFF = 'the entry was cut off';
const NOT_AN_ENTRY = 'not an entry of a DuckDB log';

/**
 * The entries of `duckdb_log_entries.csv` from a byte on. An entry may span lines (a quoted statement does). One that was cut
 * off in the middle of the file is bad, and reading goes on with the next. DuckDB writes a newline before an entry, not after
 * it, so the last one waits for the next, unless `lastIsWhole` (nobody has written for long).
 */
export async function* readLogRecords(
  range: LineRange & { readonly lastIsWhole: boolean },
): AsyncGenerator<readonly PlacedRecord[]> {
  let open: Line[] = [];
  for await (const lines of readLines(range)) {
    const placed: PlacedRecord[] = [];
    for (const line of lines) {
      if (!line.complete && !range.lastIsWhole) {
        break;
      }
      if (open.length > 0 && RECORD_START.test(line.text ?? '')) {
        placed.push(badOf(open, CUT_OFF));
        open = [];
      }
      open.push(line);
      if (isClosed(open)) {
        placed.push(...placedOf(open));
        open = [];
      }
    }
    yield placed;
  }
}

/** The entry at a place known from before. */
export async function readLogRecordAt(
  file: string,
  offset: number,
): Promise<LogRecord | undefined> {
  for await (const placed of readLogRecords({
    file,
    offset,
    linesBefore: 0,
    chunkBytes: 16_384,
    lastIsWhole: true,
  })) {
    const [first] = placed;
    if (first !== undefined) {
      return first.kind === 'record' ? first.record : undefined;
    }
  }
  return undefined;
}

/** Quotes are doubled within quotes, so an even number of them closes the entry. */
function isClosed(lines: readonly Line[]): boolean {
  const quotes = lines.reduce((sum, { text }) => sum + (text?.split('"').length ?? 1) - 1, 0);
  return quotes % 2 === 0;
}

function placedOf(lines: readonly Line[]): readonly PlacedRecord[] {
  const text = lines.map((line) => line.text ?? '').join('\n');
  if (RECORD_HEADER.test(text) || text.trim() === '') {
    return [];
  }
  const record = parseLogRecord(text);
  const { offset, end, number } = edges(lines);
  return record === undefined
    ? [badOf(lines, NOT_AN_ENTRY)]
    : [{ kind: 'record', record, offset, end, lines: number }];
}

function badOf(lines: readonly Line[], because: string): PlacedRecord {
  const { first, end, number } = edges(lines);
  return { kind: 'bad', because, line: first, end, lines: number };
}

function edges(lines: readonly Line[]) {
  const [from] = lines;
  const to = lines.at(-1);
  return {
    offset: from?.offset ?? 0,
    first: from?.number ?? 0,
    end: to?.end ?? 0,
    // A newline still to come belongs to the line already read.
    number: (to?.number ?? 0) - (to?.complete === false ? 1 : 0),
  };
}
