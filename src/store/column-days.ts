import type { ColumnUse } from '../sql/query-shape.ts';
import { decodeCodes, encodeCodes } from './column-codes.ts';
import type { Database } from './database.ts';
import { interned } from './intern.ts';
import { decodeHead } from './shape-codec.ts';

/** Which reader used which column on which day. */
export interface ColumnDays {
  /** Adds the columns of the template to what the reader used that day; written by `flush`. */
  add(use: { readonly day: number; readonly readerId: number; readonly templateId: number }): void;
  flush(): void;
  /** The template has a new shape. */
  forget(templateId: number): void;
  reset(): void;
}

export function columnDays(database: Database): ColumnDays {
  const columns = interned(database, { table: 'columns', columns: ['relation', 'name'] });
  const shapeOf = database.prepare('select shape from templates where id = ?');
  const find = database.prepare('select codes from column_reads where day = ? and reader_id = ?');
  const put = database.prepare('insert or replace into column_reads values (?, ?, ?)');
  const codesOf = new Map<number, readonly number[]>();
  const pending = new Map<string, Pending>();

  function codesOfTemplate(templateId: number): readonly number[] {
    let codes = codesOf.get(templateId);
    if (codes === undefined) {
      const { columns: uses } = decodeHead(String(shapeOf.get(templateId)?.['shape'] ?? '{}'));
      codes = (uses ?? []).map(codeOf);
      codesOf.set(templateId, codes);
    }
    return codes;
  }

  function codeOf({ relation, column, by }: ColumnUse): number {
    return 2 * columns.idOf(`${relation}\0${column}`, [relation, column]) + (by === 'star' ? 1 : 0);
  }

  return {
    add({ day, readerId, templateId }) {
      const key = `${day} ${readerId}`;
      const use = pending.get(key) ?? { day, readerId, templates: new Set() };
      pending.set(key, use);
      use.templates.add(templateId);
    },
    flush() {
      for (const { day, readerId, templates } of pending.values()) {
        const before = find.get(day, readerId)?.['codes'];
        const codes = new Set(before instanceof Uint8Array ? decodeCodes(before) : []);
        const size = codes.size;
        for (const templateId of templates) {
          for (const code of codesOfTemplate(templateId)) {
            codes.add(code);
          }
        }
        if (codes.size > size) {
          put.run(day, readerId, encodeCodes(codes));
        }
      }
      pending.clear();
    },
    forget(templateId) {
      codesOf.delete(templateId);
    },
    reset() {
      columns.reset();
      codesOf.clear();
      pending.clear();
    },
  };
}

interface Pending {
  readonly day: number;
  readonly readerId: number;
  readonly templates: Set<number>;
}
