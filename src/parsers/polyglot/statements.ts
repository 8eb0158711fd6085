import type { FromItem, Ident, Path, Query, Statement, TableDefinition } from '../../sql/ir.ts';
import { everythingOf } from '../make-query.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readFromList, readTable } from './from-items.ts';
import { readMerge } from './merges.ts';
import { readIdent } from './names.ts';
import { readPivotStatement, readSummarize } from './pivot-statements.ts';
import { readWith } from './queries.ts';
import { typeText } from './type-text.ts';

/** One statement of polyglot as IR; undefined where it is none: an expression, or a text kept unread. */
export function readStatement(node: unknown, adapt: Adapt): Statement | undefined {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'select':
    case 'union':
    case 'intersect':
    case 'except':
    case 'subquery':
    case 'values':
      return { kind: 'query', query: adapt.query(node) };
    case 'create_table':
      return readCreateTable(at, adapt);
    case 'create_view':
      return readCreateView(at, adapt);
    case 'insert':
      return readInsert(at, adapt);
    case 'update':
      return readUpdate(at, adapt);
    case 'delete':
      return readDelete(at, adapt);
    case 'merge':
      return readMerge(at, adapt);
    case 'pivot':
      return { kind: 'query', query: readPivotStatement(at, adapt) };
    case 'summarize':
      return { kind: 'query', query: readSummarize(at, adapt) };
    default:
      return STATEMENT.test(tag) ? { kind: 'other', verb: tag.replaceAll('_', ' ') } : undefined;
  }
}

/** The library also reads bare expressions, and takes what it does not know for one: those are no statements. */
const STATEMENT =
  /^((create|drop|alter)_|(truncate|use|set_statement|show|describe|pragma|attach|detach|copy|comment|prepare|execute|declare|commit|rollback|transaction|grant|revoke|refresh|analyze|kill|multitable_inserts|undrop|export|cache|uncache|load_data|install|put|get|unset|for_in)$)/;

function pathOf(node: unknown, adapt: Adapt): Path | undefined {
  const item = readTable(treeOf(node), adapt);
  return item.kind === 'table' ? item.path : undefined;
}

function readCreateTable(at: Tree, adapt: Adapt): Statement {
  const target = pathOf(at['name'], adapt);
  const cloned = isPresent(at['clone_source']) ? pathOf(at['clone_source'], adapt) : undefined;
  if (target !== undefined && cloned !== undefined) {
    const query = everythingOf(cloned, isPresent(at['clone_at_clause']) ? ['time travel'] : []);
    return { kind: 'create-as', object: 'table', target, columns: [], query };
  }
  const copies = ['partition_of', 'inherits', 'using_template', 'with_cte'];
  if (target === undefined || copies.some((field) => isPresent(at[field]))) {
    return { kind: 'other', verb: 'create table' };
  }
  const columns = listOf(at['columns']).map((column) => readIdent(treeOf(column)['name']));
  return isPresent(at['as_select'])
    ? { kind: 'create-as', object: 'table', target, columns, query: adapt.query(at['as_select']) }
    : { kind: 'create-table', target, table: readDefinition(at, adapt) };
}

function readDefinition(at: Tree, adapt: Adapt): TableDefinition {
  const columns = listOf(at['columns']).map(treeOf);
  const constraints = listOf(at['constraints']).map(variantOf);
  const keys = [
    ...columns.flatMap((column) =>
      column['primary_key'] === true || column['unique'] === true
        ? [{ columns: [readIdent(column['name'])], primary: column['primary_key'] === true }]
        : [],
    ),
    ...constraints.flatMap(({ tag, body }) =>
      tag === 'PrimaryKey' || tag === 'Unique'
        ? [
            {
              columns: listOf(treeOf(body)['columns']).map(readIdent),
              primary: tag === 'PrimaryKey',
            },
          ]
        : [],
    ),
  ];
  const primary = new Set(
    keys.filter((key) => key.primary).flatMap((key) => key.columns.map((name) => name.name)),
  );
  return {
    columns: columns.map((column) => {
      const name: Ident = readIdent(column['name']);
      const notNull = column['nullable'] === false || primary.has(name.name);
      return { name, type: typeText(column['data_type'], adapt.dialect), notNull };
    }),
    keys: keys.filter((key) => key.columns.length > 0),
    foreignKeys: constraints.flatMap(({ tag, body }) => {
      const { columns: names, references } = treeOf(body);
      const target = tag === 'ForeignKey' ? pathOf(treeOf(references)['table'], adapt) : undefined;
      const referenced = listOf(treeOf(references)['columns']).map(readIdent);
      return target
        ? [
            {
              columns: listOf(names).map(readIdent),
              references: target,
              referencedColumns: referenced,
            },
          ]
        : [];
    }),
  };
}

function readCreateView(at: Tree, adapt: Adapt): Statement {
  const target = pathOf(at['name'], adapt);
  return target === undefined
    ? { kind: 'other', verb: 'create view' }
    : {
        kind: 'create-as',
        object: at['materialized'] === true ? 'materialized-view' : 'view',
        target,
        columns: listOf(at['columns']).map((column) => readIdent(treeOf(column)['name'])),
        query: adapt.query(at['query']),
      };
}

function readInsert(at: Tree, adapt: Adapt): Statement {
  const target = pathOf(at['table'], adapt);
  const values = listOf(at['values']).map((row) => listOf(row).map(adapt.expr));
  if (target === undefined || (!isPresent(at['query']) && values.length === 0)) {
    return { kind: 'other', verb: 'insert' };
  }
  const query: Query = isPresent(at['query'])
    ? adapt.query(at['query'])
    : { ctes: [], recursive: false, body: { kind: 'values', rows: values }, orderBy: [] };
  const { ctes } = readWith(at['with'], adapt);
  return {
    kind: 'insert',
    target,
    columns: listOf(at['columns']).map(readIdent),
    query: { ...query, ctes: [...ctes, ...query.ctes] },
    overwrite: at['overwrite'] === true,
  };
}

function readUpdate(at: Tree, adapt: Adapt): Statement {
  const others = listOf(at['extra_tables']).map((table) => readTable(treeOf(table), adapt));
  const [target = { kind: 'opaque-from', because: 'an update of nothing' } as const] = readFromList(
    [{ table: at['table'] }],
    at['table_joins'],
    adapt,
  );
  const from = readFromList(treeOf(at['from_clause'])['expressions'], at['from_joins'], adapt);
  return {
    kind: 'update',
    target,
    from: [...others, ...from],
    set: listOf(at['set']).map((pair) => {
      const [column, value] = listOf(pair);
      return { column: [readIdent(column)], value: adapt.expr(value) };
    }),
    ...where(at, adapt),
    ctes: readWith(at['with'], adapt).ctes,
  };
}

function readDelete(at: Tree, adapt: Adapt): Statement {
  const alias = isPresent(at['alias']) ? { alias: at['alias'] } : {};
  const target: FromItem = readTable({ ...treeOf(at['table']), ...alias }, adapt);
  return {
    kind: 'delete',
    target,
    using: listOf(at['using']).map((table) => readTable(treeOf(table), adapt)),
    ...where(at, adapt),
    ctes: readWith(at['with'], adapt).ctes,
  };
}

function where(at: Tree, adapt: Adapt) {
  return isPresent(at['where_clause'])
    ? { where: adapt.expr(treeOf(at['where_clause'])['this']) }
    : {};
}
