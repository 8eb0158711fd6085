import type { Template } from '../usage/template.ts';
import type { Database, StoredRow } from './database.ts';
import { decodeShape } from './shape-codec.ts';

/** Templates as they were read, kept until they change: equal shapes stay one object from cycle to cycle. */
export interface TemplateShelf {
  /** Reads those of them that are not kept. */
  take(ids: Iterable<number>): void;
  get(id: number): Template | undefined;
  /** The template has a new shape. */
  forget(id: number): void;
  /** Lets go of all others. */
  keepOnly(ids: ReadonlySet<number>): void;
  reset(): void;
}

export function templateShelf(database: Database): TemplateShelf {
  const rowsOf = database.prepare(`
    select id, fingerprint, normal_form, shape, query from templates
    where id in (select value from json_each(?))`);
  const kept = new Map<number, Template>();
  return {
    take(ids) {
      const missing = [...ids].filter((id) => !kept.has(id));
      if (missing.length === 0) {
        return;
      }
      for (const row of rowsOf.iterate(JSON.stringify(missing))) {
        kept.set(Number(row['id']), templateOf(row));
      }
    },
    get: (id) => kept.get(id),
    forget(id) {
      kept.delete(id);
    },
    keepOnly(ids) {
      for (const id of kept.keys()) {
        if (!ids.has(id)) {
          kept.delete(id);
        }
      }
    },
    reset() {
      kept.clear();
    },
  };
}

function templateOf(row: StoredRow): Template {
  return {
    fingerprint: String(row['fingerprint']),
    normalForm: String(row['normal_form']),
    shape: decodeShape({
      head: String(row['shape']),
      query: row['query'] instanceof Uint8Array ? row['query'] : null,
    }),
  };
}
