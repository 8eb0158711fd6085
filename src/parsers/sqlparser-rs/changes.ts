import type { Assignment, Expr, FromItem, MergeClause, Statement } from '../../sql/ir.ts';
import { call, opaque, STAR } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readTableWithJoins } from './joins.ts';
import { readIdent, readObjectName } from './names.ts';

/** INSERT, UPDATE, DELETE and MERGE; one whose target or source we cannot read is `other`. */
export function readInsert(at: Tree, adapt: Adapt): Statement {
  const { tag, body } = variantOf(at['table']);
  const target = tag === 'TableName' ? readObjectName(body, adapt.dialect) : undefined;
  if (
    target === undefined ||
    !isPresent(at['source']) ||
    isPresent(at['multi_table_insert_type'])
  ) {
    return { kind: 'other', verb: 'insert' };
  }
  return {
    kind: 'insert',
    target,
    columns: listOf(at['columns']).flatMap((name) => lastPart(name, adapt)),
    query: adapt.query(at['source']),
    overwrite: at['overwrite'] === true,
  };
}

function lastPart(name: unknown, adapt: Adapt) {
  const part = Array.isArray(name) ? readObjectName(name, adapt.dialect)?.at(-1) : readIdent(name);
  return part ? [part] : [];
}

export function readUpdate(at: Tree, adapt: Adapt): Statement {
  const { body: from } = variantOf(at['from']);
  return {
    kind: 'update',
    target: readTableWithJoins(at['table'], adapt),
    from: listOf(from).map((item) => readTableWithJoins(item, adapt)),
    set: listOf(at['assignments']).flatMap((item) => readAssignment(item, adapt)),
    ...(isPresent(at['selection']) && { where: adapt.expr(at['selection']) }),
    ctes: [],
  };
}

function readAssignment(node: unknown, adapt: Adapt): readonly Assignment[] {
  const { target, value } = treeOf(node);
  const { tag, body } = variantOf(target);
  const expr = adapt.expr(value);
  if (tag === 'ColumnName') {
    const column = readObjectName(body, adapt.dialect);
    return column ? [{ column, value: expr }] : [];
  }
  const items = expr.kind === 'tuple' ? expr.items : [];
  return listOf(body).flatMap((name, index) => {
    const column = readObjectName(name, adapt.dialect);
    const part = items[index] ?? opaque('one column of a row', [expr]);
    return column ? [{ column, value: part }] : [];
  });
}

export function readDelete(at: Tree, adapt: Adapt): Statement {
  const { body: from } = variantOf(at['from']);
  const items = listOf(from).map((item) => readTableWithJoins(item, adapt));
  const using = listOf(at['using']).map((item) => readTableWithJoins(item, adapt));
  const [named] = listOf(at['tables']).flatMap((name): readonly FromItem[] => {
    const path = readObjectName(name, adapt.dialect);
    return path ? [{ kind: 'table', path, columnAliases: [], modifiers: [] }] : [];
  });
  const [first, ...rest] = items;
  const target = named ?? first;
  if (target === undefined) {
    return { kind: 'other', verb: 'delete' };
  }
  return {
    kind: 'delete',
    target,
    using: [...(named ? items : rest), ...using],
    ...(isPresent(at['selection']) && { where: adapt.expr(at['selection']) }),
    ctes: [],
  };
}

export function readMerge(at: Tree, adapt: Adapt): Statement {
  return {
    kind: 'merge',
    target: adapt.from(at['table']),
    source: adapt.from(at['source']),
    on: adapt.expr(at['on']),
    clauses: listOf(at['clauses']).map((clause) => readMergeClause(treeOf(clause), adapt)),
  };
}

function readMergeClause(at: Tree, adapt: Adapt): MergeClause {
  const kind = textOf(at['clause_kind']);
  const predicate = isPresent(at['predicate']) ? adapt.expr(at['predicate']) : undefined;
  const condition =
    kind === 'NotMatchedBySource'
      ? call('not matched by source', predicate ? [predicate] : [])
      : predicate;
  return {
    matched: kind === 'Matched',
    ...(condition && { condition }),
    action: readMergeAction(at['action'], adapt),
  };
}

function readMergeAction(node: unknown, adapt: Adapt): MergeClause['action'] {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  const { tag: kind, body: inner } = variantOf(at['kind']);
  switch (tag) {
    case 'Delete':
      return { kind: 'delete' };
    case 'Update': {
      const set = listOf(at['assignments']).flatMap((item) => readAssignment(item, adapt));
      return { kind: 'update', set };
    }
    case 'Insert':
      return {
        kind: 'insert',
        columns: listOf(at['columns']).flatMap((name) => lastPart(name, adapt)),
        values: kind === 'Values' ? valuesOf(inner, adapt) : [STAR],
      };
    default:
      return { kind: 'nothing' };
  }
}

function valuesOf(node: unknown, adapt: Adapt): readonly Expr[] {
  const [row] = listOf(treeOf(node)['rows']);
  return listOf(Array.isArray(row) ? row : treeOf(row)['content']).map(adapt.expr);
}
