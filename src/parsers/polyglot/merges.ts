import type { Assignment, Expr, FromItem, MergeClause, Path, Statement } from '../../sql/ir.ts';
import { binary, call, column, ident, opaque, STAR } from '../make-expr.ts';
import { sourceWithCtes } from '../make-query.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readIdent } from './names.ts';
import { readWith } from './queries.ts';

const EVERY_COLUMN: Assignment = { column: [ident('*')], value: STAR };

/** MERGE; its clauses are tuples of a word (INSERT, UPDATE, DELETE) and what goes with it. */
export function readMerge(at: Tree, adapt: Adapt): Statement {
  const target = adapt.from(at['this']);
  const source = adapt.from(at['using']);
  const { ctes } = readWith(variantOf(at['with_']).body, adapt);
  const whens = listOf(treeOf(treeOf(at['whens'])['whens'])['expressions']);
  return {
    kind: 'merge',
    target,
    source: sourceWithCtes(source, ctes),
    on: isPresent(at['using_cond'])
      ? sameColumns(target, source, at['using_cond'])
      : adapt.expr(at['on']),
    clauses: whens.map((when) => readWhen(treeOf(treeOf(when)['when']), adapt)),
  };
}

/** `USING (a, b)`: the columns of that name, of both sides, are equal. */
function sameColumns(target: FromItem, source: FromItem, node: unknown): Expr {
  const names = listOf(treeOf(treeOf(node)['tuple'])['expressions']).map((name) =>
    readIdent(variantOf(name).body),
  );
  const [left, right] = [calledAs(target), calledAs(source)];
  const tests = names.map((name) => binary('=', column([...left, name]), column([...right, name])));
  const [first = opaque('a merge using no column'), ...rest] = tests;
  return left.length === 0 || right.length === 0
    ? opaque('a merge using columns')
    : rest.reduce((all, test) => binary('and', all, test), first);
}

function calledAs(item: FromItem): Path {
  const alias = 'alias' in item && item.alias !== undefined ? [item.alias] : [];
  return alias.length === 0 && item.kind === 'table' ? item.path : alias;
}

function readWhen(at: Tree, adapt: Adapt): MergeClause {
  const predicate = isPresent(at['condition']) ? adapt.expr(at['condition']) : undefined;
  const isBySource = isTrue(at['source']);
  const condition = isBySource
    ? call('not matched by source', predicate ? [predicate] : [])
    : predicate;
  return {
    matched: isTrue(at['matched']),
    ...(condition && { condition }),
    action: readAction(at['then'], adapt),
  };
}

function isTrue(node: unknown): boolean {
  return treeOf(treeOf(node)['boolean'])['value'] === true;
}

function readAction(node: unknown, adapt: Adapt): MergeClause['action'] {
  const { tag, body } = variantOf(node);
  const parts = tag === 'tuple' ? listOf(treeOf(body)['expressions']) : [node];
  const [word, ...rest] = parts;
  switch (textOf(treeOf(treeOf(word)['var'])['this']).toUpperCase()) {
    case 'DELETE':
      return { kind: 'delete' };
    case 'UPDATE': {
      const [what] = rest;
      const isEvery = variantOf(what).tag !== 'tuple';
      return { kind: 'update', set: isEvery ? [EVERY_COLUMN] : assignments(what, adapt) };
    }
    case 'INSERT':
      return readInsertAction(rest, adapt);
    default:
      return { kind: 'nothing' };
  }
}

function readInsertAction(parts: readonly unknown[], adapt: Adapt): MergeClause['action'] {
  const lists = parts.filter((part) => variantOf(part).tag === 'tuple').map(itemsOf);
  const [first, second] = lists;
  if (first === undefined) {
    return { kind: 'insert', columns: [], values: [STAR] };
  }
  const columns = second === undefined ? [] : first;
  const values = (second ?? first).map(adapt.expr);
  return {
    kind: 'insert',
    columns: columns.flatMap((name) => pathOf(name, adapt).slice(-1)),
    values: values.length === 0 ? [STAR] : values,
  };
}

function itemsOf(node: unknown): readonly unknown[] {
  return listOf(treeOf(variantOf(node).body)['expressions']);
}

function assignments(node: unknown, adapt: Adapt): readonly Assignment[] {
  return itemsOf(node).flatMap((item) => {
    const { left, right } = treeOf(treeOf(item)['eq']);
    const path = pathOf(left, adapt);
    return path.length === 0 ? [] : [{ column: path, value: adapt.expr(right) }];
  });
}

function pathOf(node: unknown, adapt: Adapt): Path {
  const { tag, body } = variantOf(node);
  const expr = tag === 'identifier' ? column([readIdent(body)]) : adapt.expr(node);
  return expr.kind === 'column' ? expr.path : [];
}
