import type { RelationId } from '../base/relation.ts';
import type { Reader, ReaderKind, ServedBy, UsageFact } from '../usage/template.ts';
import type { Database } from './database.ts';

/** Who asked, over which client and role, and how it was answered: what the facts of one asker share. */
export type Asker = Pick<UsageFact, 'reader' | 'client' | 'role' | 'servedBy'>;

/** All askers by number. Those of one reader share its object. */
export function readAskers(database: Database): ReadonlyMap<number, Asker> {
  const readers = readReaders(database);
  const askers = new Map<number, Asker>();
  for (const row of database.prepare('select * from askers').all()) {
    const reader = readers.get(Number(row['reader_id']));
    if (reader !== undefined) {
      askers.set(Number(row['id']), {
        reader,
        client: String(row['client']),
        role: String(row['role']),
        servedBy: servedByOf(String(row['served']), String(row['mart']) as RelationId),
      });
    }
  }
  return askers;
}

export function readReaders(database: Database): ReadonlyMap<number, Reader> {
  const rows = database.prepare('select id, kind, name, tool from readers').all();
  return new Map(
    rows.map(({ id, kind, name, tool }) => [
      Number(id),
      { kind: String(kind) as ReaderKind, name: String(name), tool: String(tool) },
    ]),
  );
}

function servedByOf(kind: string, mart: RelationId): ServedBy {
  return kind === 'route' || kind === 'rewritten' || kind === 'hold-out'
    ? { kind, mart }
    : { kind: 'base' };
}
