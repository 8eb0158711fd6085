import { dayNumber, dayOf, type EpochMs } from '../base/clock.ts';
import type { HistoryRow } from '../connectors/history-row.ts';
import type { Interpreted, InterpretParts } from './interpret-row.ts';
import { interpretReading } from './interpret-row.ts';
import { readerOf } from './reader.ts';
import { namesCiSchema } from './readers/dbt-ci.ts';
import { remembering } from './remembering.ts';
import { type RememberedReading, statementReader } from './statement-reader.ts';
import type { Reader } from './template.ts';

const READERS = { entries: 4096, characters: 1_000_000 };

/**
 * `interpretRow` for many rows of one history: same answers, but texts, readers and days that repeat from row to row are
 * read once. Memory is bounded.
 */
export function rowInterpreter({
  dialect,
  readerRules,
  naming,
}: InterpretParts): (row: HistoryRow) => Interpreted {
  const read = statementReader(dialect);
  const readers = remembering<Reader>(READERS);
  const day = { number: Number.NaN, text: '' };

  function readerOfRow(row: HistoryRow, { tags, commentNumber }: RememberedReading): Reader {
    if (row.tags !== undefined || commentNumber === undefined) {
      return readerOf({ row, tags, rules: readerRules });
    }
    const { user = '', role = '', client = '', schema = '' } = row;
    const isInCi = namesCiSchema(row.text);
    const key = `${user}\0${role}\0${client}\0${schema}\0${isInCi}\0${commentNumber}`;
    const known = readers.get(key);
    if (known !== undefined) {
      return known;
    }
    const reader = readerOf({ row, tags, rules: readerRules });
    readers.set(key, reader);
    return reader;
  }

  function dayTextOf(at: EpochMs): string {
    const number = dayNumber(at);
    if (number !== day.number) {
      day.number = number;
      day.text = dayOf(at);
    }
    return day.text;
  }

  return (row) => {
    const reading = read(row.text);
    const reader = readerOfRow(row, reading);
    return interpretReading(row, { reading, reader, day: dayTextOf(row.endedAt), naming });
  };
}
