import type { Cte, Ident, Path, Query, Statement } from '../../sql/ir.ts';
import { everythingOf, sourceWithCtes } from '../make-query.ts';
import type { Tree } from '../tree.ts';
import { camelToWords, isPresent, listOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readDelete, readInsert, readMerge, readUpdate } from './changes.ts';
import { readTableDefinition } from './definitions.ts';
import { readIdent, readObjectName } from './names.ts';

/** One statement of sqlparser-rs as IR. */
export function readStatement(node: unknown, adapt: Adapt): Statement {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'Query':
      return readQueryStatement(at, adapt);
    case 'CreateTable':
      return readCreateTable(at, adapt);
    case 'CreateView':
      return readCreateView(at, adapt);
    case 'Insert':
      return readInsert(at, adapt);
    case 'Update':
      return readUpdate(at, adapt);
    case 'Delete':
      return readDelete(at, adapt);
    case 'Merge':
      return readMerge(at, adapt);
    default:
      return { kind: 'other', verb: camelToWords(tag) || 'unknown' };
  }
}

/** A query; or, hidden in one, `WITH ... INSERT` and its kin, or `SELECT ... INTO t`. */
function readQueryStatement(at: Tree, adapt: Adapt): Statement {
  const { tag, body } = variantOf(at['body']);
  if (tag === 'Insert' || tag === 'Update' || tag === 'Delete' || tag === 'Merge') {
    const { ctes } = adapt.query({ with: at['with'], body: 'None' });
    return withCtes(readStatement(body, adapt), ctes);
  }
  const into = treeOf(body)['into'];
  const target = isPresent(into) ? readObjectName(treeOf(into)['name'], adapt.dialect) : undefined;
  if (tag === 'Select' && target) {
    const select = { ...treeOf(body), into: null };
    const query = adapt.query({ ...at, body: { Select: select } });
    return { kind: 'create-as', object: 'table', target, columns: [], query };
  }
  return { kind: 'query', query: adapt.query(at) };
}

function withCtes(statement: Statement, ctes: readonly Cte[]): Statement {
  if (statement.kind === 'insert') {
    const query: Query = { ...statement.query, ctes: [...ctes, ...statement.query.ctes] };
    return { ...statement, query };
  }
  if (statement.kind === 'update' || statement.kind === 'delete') {
    return { ...statement, ctes };
  }
  return statement.kind === 'merge'
    ? { ...statement, source: sourceWithCtes(statement.source, ctes) }
    : statement;
}

function readCreateTable(at: Tree, adapt: Adapt): Statement {
  const target = readObjectName(at['name'], adapt.dialect);
  if (target === undefined || isPresent(at['like']) || isPresent(at['partition_of'])) {
    return { kind: 'other', verb: 'create table' };
  }
  const cloned = isPresent(at['clone']) ? readObjectName(at['clone'], adapt.dialect) : undefined;
  if (cloned !== undefined) {
    const query = everythingOf(cloned);
    return { kind: 'create-as', object: 'table', target, columns: [], query };
  }
  if (isPresent(at['query'])) {
    const columns = listOf(at['columns']).map((column) => readIdent(treeOf(column)['name']));
    return { kind: 'create-as', object: 'table', target, columns, query: adapt.query(at['query']) };
  }
  return { kind: 'create-table', target, table: readTableDefinition(at, adapt) };
}

function readCreateView(at: Tree, adapt: Adapt): Statement {
  const target: Path | undefined = readObjectName(at['name'], adapt.dialect);
  if (target === undefined) {
    return { kind: 'other', verb: 'create view' };
  }
  const columns: readonly Ident[] = listOf(at['columns']).map((c) => readIdent(treeOf(c)['name']));
  return {
    kind: 'create-as',
    object: at['materialized'] === true ? 'materialized-view' : 'view',
    target,
    columns,
    query: adapt.query(at['query']),
  };
}
