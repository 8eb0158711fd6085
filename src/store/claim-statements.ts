import { hash } from 'node:crypto';
import type { Claim, ClaimedStatement } from '../usage/usage-ports.ts';
import type { Database } from './database.ts';

/** Which statement ids were counted before; remembers the new ones. */
export interface SeenStatements {
  claim(source: string, statements: readonly ClaimedStatement[]): readonly Claim[];
}

/**
 * Ids are kept as hashes and handed over as one JSON array a day, sorted: SQLite then fills its tree from left to
 * right, in a third of the time that one insert a row takes. Only when some were known does it look which.
 */
export function seenStatements(database: Database): SeenStatements {
  const idsSince = database.prepare('select ids_since from sources where name = ?');
  const known = database.prepare(
    'select value from json_each(?) where exists (select 1 from seen where hash = unhex(value))',
  );
  const insert = database.prepare('insert into seen select unhex(value), ? from json_each(?)');

  return {
    claim(source, statements) {
      const since = Number(idsSince.get(source)?.['ids_since'] ?? 0);
      const hashes = statements.map(({ id }) => hash('md5', `${source}\0${id}`, 'hex'));
      const taken = knownAmong(hashes);
      const byDay = new Map<number, string[]>();
      const claims = statements.map(({ dayNumber }, at): Claim => {
        const own = hashes[at] ?? '';
        if (dayNumber < since) {
          return 'too-old';
        }
        if (taken.has(own)) {
          return 'known';
        }
        taken.add(own);
        addTo(byDay, dayNumber, own);
        return 'new';
      });
      for (const [day, own] of byDay) {
        insert.run(day, JSON.stringify(own.toSorted()));
      }
      return claims;
    },
  };

  function knownAmong(hashes: readonly string[]): Set<string> {
    const rows = known.all(JSON.stringify(hashes.toSorted()));
    return new Set(rows.map(({ value }) => String(value)));
  }
}

function addTo(byDay: Map<number, string[]>, day: number, hashed: string): void {
  const list = byDay.get(day);
  if (list === undefined) {
    byDay.set(day, [hashed]);
  } else {
    list.push(hashed);
  }
}
