import { canonicalJson } from '../base/digest.ts';
import type { Database } from './database.ts';

/**
 * Values of later stages, as canonical JSON under a kind and a key: bigints come back as decimal text, and whoever
 * reads a kind checks what it gets.
 */
export interface DocumentStore {
  /** Puts a value in place of the one before. */
  put(kind: string, key: string, value: unknown): void;
  get(kind: string, key: string): unknown;
  /** In order of key. */
  list(kind: string): readonly StoredDocument[];
  /** True when there was one. */
  remove(kind: string, key: string): boolean;
  transaction<Result>(work: () => Result): Result;
}

export interface StoredDocument {
  readonly key: string;
  readonly value: unknown;
}

export function openDocumentStore(database: Database): DocumentStore {
  const put = database.prepare(
    'insert into documents (kind, key, value) values (?, ?, ?) on conflict do update set value = excluded.value',
  );
  const get = database.prepare('select value from documents where kind = ? and key = ?');
  const list = database.prepare('select key, value from documents where kind = ? order by key');
  const remove = database.prepare('delete from documents where kind = ? and key = ?');
  return {
    put(kind, key, value) {
      put.run(kind, key, canonicalJson(value));
    },
    get(kind, key) {
      const row = get.get(kind, key);
      return row === undefined ? undefined : JSON.parse(String(row['value']));
    },
    list: (kind) =>
      list
        .all(kind)
        .map(({ key, value }) => ({ key: String(key), value: JSON.parse(String(value)) })),
    remove: (kind, key) => remove.run(kind, key) > 0,
    transaction: (work) => database.transaction(work),
  };
}
