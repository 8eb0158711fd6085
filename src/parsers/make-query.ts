import type { Cte, FromItem, Path, Query } from '../sql/ir.ts';
import { STAR } from './make-expr.ts';

/** `SELECT * FROM item`. */
export function everythingFrom(item: FromItem): Query {
  return {
    ctes: [],
    recursive: false,
    body: { kind: 'select', items: [{ expr: STAR }], from: [item], windows: [], opaqueClauses: [] },
    orderBy: [],
  };
}

/** What a copy of a table holds at first: CREATE TABLE ... CLONE. */
export function everythingOf(path: Path, modifiers: readonly string[] = []): Query {
  return everythingFrom({ kind: 'table', path, columnAliases: [], modifiers });
}

/** The source of a MERGE that begins with WITH: the CTEs go where they are read. */
export function sourceWithCtes(source: FromItem, ctes: readonly Cte[]): FromItem {
  if (ctes.length === 0) {
    return source;
  }
  if (source.kind === 'derived') {
    return { ...source, query: { ...source.query, ctes: [...ctes, ...source.query.ctes] } };
  }
  if (source.kind !== 'table') {
    return source;
  }
  const alias = source.alias ?? source.path.at(-1);
  const item: FromItem = { ...source, columnAliases: [] };
  return {
    kind: 'derived',
    query: { ...everythingFrom(item), ctes },
    lateral: false,
    ...(alias && { alias }),
    columnAliases: source.columnAliases,
  };
}
