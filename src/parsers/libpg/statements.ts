import type { Assignment, Expr, MergeClause, Query, Statement } from '../../sql/ir.ts';
import { call, opaque } from '../make-expr.ts';
import { sourceWithCtes } from '../make-query.ts';
import type { Tree } from '../tree.ts';
import { camelToWords, isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readTable } from './from-items.ts';
import { identOf, readIdents, readRelation } from './names.ts';
import { readWith } from './queries.ts';

/** One statement of PostgreSQL's own tree as IR. */
export function readStatement(node: unknown, adapt: Adapt): Statement {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'SelectStmt':
      return readSelectStatement(at, adapt);
    case 'CreateTableAsStmt':
      return readCreateAs(at, adapt);
    case 'ViewStmt':
      return {
        kind: 'create-as',
        object: 'view',
        target: readRelation(at['view']),
        columns: readIdents(at['aliases']),
        query: adapt.query(at['query']),
      };
    case 'InsertStmt':
      return readInsert(at, adapt);
    case 'UpdateStmt':
      return {
        kind: 'update',
        target: readTable(treeOf(at['relation'])),
        from: listOf(at['fromClause']).map(adapt.from),
        set: readAssignments(at['targetList'], adapt),
        ...whereOf(at, adapt),
        ctes: readWith(at['withClause'], adapt).ctes,
      };
    case 'DeleteStmt':
      return {
        kind: 'delete',
        target: readTable(treeOf(at['relation'])),
        using: listOf(at['usingClause']).map(adapt.from),
        ...whereOf(at, adapt),
        ctes: readWith(at['withClause'], adapt).ctes,
      };
    case 'MergeStmt':
      return {
        kind: 'merge',
        target: readTable(treeOf(at['relation'])),
        source: sourceWithCtes(
          adapt.from(at['sourceRelation']),
          readWith(at['withClause'], adapt).ctes,
        ),
        on: adapt.expr(at['joinCondition']),
        clauses: listOf(at['mergeWhenClauses']).map((clause) =>
          readMergeClause(treeOf(treeOf(clause)['MergeWhenClause']), adapt),
        ),
      };
    default:
      return { kind: 'other', verb: camelToWords(tag.replace(/Stmt$/, '')) || 'unknown' };
  }
}

/** `SELECT ... INTO t` makes a table. */
function readSelectStatement(at: Tree, adapt: Adapt): Statement {
  const { intoClause, ...rest } = at;
  const query = adapt.query(rest);
  const target = readRelation(treeOf(intoClause)['rel']);
  return target.length === 0
    ? { kind: 'query', query }
    : { kind: 'create-as', object: 'table', target, columns: [], query };
}

function readCreateAs(at: Tree, adapt: Adapt): Statement {
  const { rel, colNames } = treeOf(at['into']);
  if (variantOf(at['query']).tag !== 'SelectStmt') {
    return { kind: 'other', verb: 'create table' };
  }
  return {
    kind: 'create-as',
    object: at['objtype'] === 'OBJECT_MATVIEW' ? 'materialized-view' : 'table',
    target: readRelation(rel),
    columns: readIdents(colNames),
    query: adapt.query(at['query']),
  };
}

function readInsert(at: Tree, adapt: Adapt): Statement {
  if (!isPresent(at['selectStmt'])) {
    return { kind: 'other', verb: 'insert' };
  }
  const query: Query = adapt.query(at['selectStmt']);
  const { ctes } = readWith(at['withClause'], adapt);
  return {
    kind: 'insert',
    target: readRelation(at['relation']),
    columns: listOf(at['cols']).map((item) => targetOf(item).column),
    query: { ...query, ctes: [...ctes, ...query.ctes] },
    overwrite: false,
  };
}

/** What a ResTarget names, and whether only a part of it (`a[1]`, `a.b`) is meant. */
function targetOf(node: unknown) {
  const { name, indirection, val } = treeOf(treeOf(node)['ResTarget']);
  return { column: identOf(textOf(name)), isPart: listOf(indirection).length > 0, value: val };
}

function readAssignments(nodes: unknown, adapt: Adapt): readonly Assignment[] {
  return listOf(nodes).map((node) => {
    const { column, isPart, value } = targetOf(node);
    const whole = readAssigned(value, adapt);
    const kept: Expr = { kind: 'column', path: [column] };
    return {
      column: [column],
      value: isPart ? opaque('a part of a column', [whole, kept]) : whole,
    };
  });
}

/** `(a, b) = (1, 2)` stands as one reference into the row for each column. */
function readAssigned(node: unknown, adapt: Adapt): Expr {
  const { tag, body } = variantOf(node);
  if (tag !== 'MultiAssignRef') {
    return adapt.expr(node);
  }
  const { source, colno } = treeOf(body);
  const row = adapt.expr(source);
  const item = row.kind === 'tuple' ? row.items[Number(colno) - 1] : undefined;
  return item ?? opaque('one column of a row', [row]);
}

function whereOf(at: Tree, adapt: Adapt): { readonly where?: Expr } {
  return isPresent(at['whereClause']) ? { where: adapt.expr(at['whereClause']) } : {};
}

function readMergeClause(at: Tree, adapt: Adapt): MergeClause {
  const kind = textOf(at['matchKind']);
  const predicate = isPresent(at['condition']) ? adapt.expr(at['condition']) : undefined;
  const condition = kind.endsWith('BY_SOURCE')
    ? call('not matched by source', predicate ? [predicate] : [])
    : predicate;
  return {
    matched: kind === 'MERGE_WHEN_MATCHED',
    ...(condition && { condition }),
    action: readMergeAction(at, adapt),
  };
}

function readMergeAction(at: Tree, adapt: Adapt): MergeClause['action'] {
  switch (at['commandType']) {
    case 'CMD_DELETE':
      return { kind: 'delete' };
    case 'CMD_UPDATE':
      return { kind: 'update', set: readAssignments(at['targetList'], adapt) };
    case 'CMD_INSERT':
      return {
        kind: 'insert',
        columns: listOf(at['targetList']).map((item) => targetOf(item).column),
        values: listOf(at['values']).map(adapt.expr),
      };
    default:
      return { kind: 'nothing' };
  }
}
