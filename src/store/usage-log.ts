import type { UsageLog } from '../usage/usage-ports.ts';
import type { Database } from './database.ts';
import { pruner } from './prune.ts';
import { usageReader } from './usage-reader.ts';
import { usageTables } from './usage-tables.ts';
import { usageWriters } from './usage-writer.ts';

export function openUsageLog(database: Database): UsageLog {
  const tables = usageTables(database);
  const writerFor = usageWriters(tables);
  const addSource = database.prepare('insert or ignore into sources (name) values (?)');
  const position = database.prepare('select position from sources where name = ?');
  const shapesKey = database.prepare('select shapes_key from sources where name = ?');
  const badCount = database.prepare('select bad_rows from sources where name = ?');
  const lastBad = database.prepare(
    'select place, because from bad_rows where source = ? order by id',
  );
  return {
    ...usageReader(tables),
    positionOf: (source) => textOf(position.get(source)?.['position']),
    shapesCheckedAgainst: (source) => textOf(shapesKey.get(source)?.['shapes_key']),
    sift: (source, statements) => tables.seen.sift(source, statements),
    findTemplate: (asked) => tables.templates.find(asked),
    findFingerprint: (fingerprint) => tables.templates.findFingerprint(fingerprint),
    write(source, work) {
      try {
        return database.transaction(() => {
          addSource.run(source);
          return work(writerFor(source));
        });
      } catch (error) {
        tables.reset();
        throw error;
      }
    },
    badRows: (source) => ({
      count: Number(badCount.get(source)?.['bad_rows'] ?? 0),
      last: lastBad
        .all(source)
        .map(({ place, because }) => ({ where: String(place), because: String(because) })),
    }),
    prune: pruner(tables),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
