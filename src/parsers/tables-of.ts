import type { FromItem, Path, Query, QueryBody } from '../sql/ir.ts';

/** The tables named in the FROM clauses of a body, CTE names among them; for what is kept of an opaque query. */
export function tablesOf(body: QueryBody): readonly Path[] {
  switch (body.kind) {
    case 'select':
      return body.from.flatMap(tablesIn);
    case 'set':
      return [...tablesOf(body.left), ...tablesOf(body.right)];
    case 'nested':
      return tablesOfQuery(body.query);
    case 'opaque-query':
      return body.tables;
    case 'values':
      return [];
  }
}

function tablesOfQuery(query: Query): readonly Path[] {
  return [...query.ctes.flatMap((cte) => tablesOfQuery(cte.query)), ...tablesOf(query.body)];
}

function tablesIn(item: FromItem): readonly Path[] {
  switch (item.kind) {
    case 'table':
      return [item.path];
    case 'derived':
      return tablesOfQuery(item.query);
    case 'join':
      return [...tablesIn(item.left), ...tablesIn(item.right)];
    case 'pivot':
      return tablesIn(item.source);
    case 'function':
    case 'opaque-from':
      return [];
  }
}
