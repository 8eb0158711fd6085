import type { Query, QueryBody, Statement } from '../sql/ir.ts';
import { tablesOf } from './tables-of.ts';

/** A statement whose query is not all there: it is still told what it reads, and never matched. */
export function markedOpaque(statement: Statement, because: readonly string[]): Statement {
  if (because.length === 0 || statement.kind === 'other' || statement.kind === 'create-table') {
    return statement;
  }
  if (statement.kind === 'update' || statement.kind === 'delete' || statement.kind === 'merge') {
    return statement;
  }
  return { ...statement, query: markedQuery(statement.query, because) };
}

function markedQuery(query: Query, because: readonly string[]): Query {
  return { ...query, body: markedBody(query.body, because) };
}

function markedBody(body: QueryBody, because: readonly string[]): QueryBody {
  switch (body.kind) {
    case 'select':
      return { ...body, opaqueClauses: [...body.opaqueClauses, ...because] };
    case 'set':
      return { ...body, left: markedBody(body.left, because) };
    case 'nested':
      return { ...body, query: markedQuery(body.query, because) };
    case 'values':
    case 'opaque-query':
      return { kind: 'opaque-query', because: because.join(', '), tables: tablesOf(body) };
  }
}
