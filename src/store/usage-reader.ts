import { DAY_MS, dayOf } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { dayNumberOf } from '../usage/decay.ts';
import type { ColumnRead, UsageLog } from '../usage/usage-ports.ts';
import { readReaders } from './asker-reader.ts';
import { decodeCodes } from './column-codes.ts';
import type { Database } from './database.ts';
import type { Days } from './fact-days.ts';
import { readMartUse } from './mart-use.ts';
import { decodeHead } from './shape-codec.ts';
import { readStaleTemplates } from './stale-templates.ts';
import type { UsageTables } from './usage-tables.ts';

type UsageReader = Pick<UsageLog, 'read' | 'martUse' | 'columnReads' | 'shapes' | 'staleTemplates'>;

export function usageReader({ database, factDays }: UsageTables): UsageReader {
  return {
    read({ fromDay, untilDay }) {
      const days = { from: dayNumberOf(fromDay), until: dayNumberOf(untilDay) };
      return {
        ...factDays.read(days),
        skips: database
          .prepare('select day, rule, statements from skips where day between ? and ?')
          .all(days.from, days.until)
          .map(({ day, rule, statements }) => ({
            day: dayText(Number(day)),
            rule: String(rule),
            statements: Number(statements),
          })),
      };
    },
    martUse: (marts, { fromDay, untilDay }) =>
      readMartUse(database, { marts, from: dayNumberOf(fromDay), until: dayNumberOf(untilDay) }),
    columnReads: ({ fromDay, untilDay }) =>
      readColumns(database, { from: dayNumberOf(fromDay), until: dayNumberOf(untilDay) }),
    *shapes() {
      for (const row of database
        .prepare('select fingerprint, shape, shape_key from templates order by fingerprint')
        .all()) {
        yield {
          fingerprint: String(row['fingerprint']),
          shape: decodeHead(String(row['shape'])),
          shapeKey: String(row['shape_key']),
        };
      }
    },
    staleTemplates: (sinceDay) => readStaleTemplates(database, dayNumberOf(sinceDay)),
  };
}

function* readColumns(database: Database, { from, until }: Days): Iterable<ColumnRead> {
  const readers = readReaders(database);
  const columns = new Map(
    database
      .prepare('select id, relation, name from columns')
      .all()
      .map(({ id, relation, name }) => [
        Number(id),
        { relation: String(relation) as RelationId, column: String(name) },
      ]),
  );
  for (const row of database
    .prepare(
      'select day, reader_id, codes from column_reads where day between ? and ? order by day, reader_id',
    )
    .all(from, until)) {
    const reader = readers.get(Number(row['reader_id']));
    const codes = row['codes'] instanceof Uint8Array ? decodeCodes(row['codes']) : [];
    const day = dayText(Number(row['day']));
    for (const code of codes) {
      const column = columns.get(Math.floor(code / 2));
      if (reader !== undefined && column !== undefined) {
        yield {
          day,
          reader,
          ...column,
          by: code % 2 === 1 ? 'star' : 'name',
        };
      }
    }
  }
}

function dayText(day: number): string {
  return dayOf(day * DAY_MS);
}
