import type { Database, StoredValue } from './database.ts';

/** Gives rows of a table of words their numbers: finds, else adds. Numbers are remembered until `reset`. */
export interface Interned {
  idOf(key: string, values: readonly StoredValue[]): number;
  /** After a rollback: numbers given in it are void. */
  reset(): void;
}

export interface InternParts {
  readonly table: string;
  readonly columns: readonly string[];
}

export function interned(database: Database, { table, columns }: InternParts): Interned {
  const ids = new Map<string, number>();
  const where = columns.map((column) => `${column} = ?`).join(' and ');
  const find = database.prepare(`select id from ${table} where ${where}`);
  const add = database.prepare(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')}) returning id`,
  );
  return {
    idOf(key, values) {
      const known = ids.get(key);
      if (known !== undefined) {
        return known;
      }
      const row = find.get(...values) ?? add.get(...values);
      const id = Number(row?.['id']);
      ids.set(key, id);
      return id;
    },
    reset() {
      ids.clear();
    },
  };
}
