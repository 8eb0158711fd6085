import type { Expr, FromItem, Select, SelectItem } from '../../sql/ir.ts';
import { functionName, literal, opaque, STAR } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import {
  camelToWords,
  isPresent,
  listOf,
  textOf,
  treeOf,
  unreadFields,
  variantOf,
} from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readGroupBy } from './group-by.ts';
import { unnestNamedArrays } from './implicit-unnest.ts';
import { readTableWithJoins } from './joins.ts';
import { readIdent, readObjectName } from './names.ts';
import { readStar } from './stars.ts';
import { readWindow, readWindowType } from './windows.ts';

const SELECT_FIELDS = new Set([
  'select_token',
  'optimizer_hints',
  'distinct',
  'top',
  'top_before_distinct',
  'projection',
  'from',
  'lateral_views',
  'selection',
  'group_by',
  'having',
  'named_window',
  'qualify',
  'window_before_qualify',
  'flavor',
]);

export function readSelect(node: unknown, adapt: Adapt): Select {
  const at = treeOf(node);
  const groupBy = readGroupBy(at['group_by'], adapt);
  const distinct = readDistinct(at['distinct'], adapt);
  const items = listOf(at['projection']).map((item) => readSelectItem(item, adapt));
  return {
    kind: 'select',
    ...(distinct && { distinct }),
    items: at['flavor'] === 'FromFirstNoSelect' ? [{ expr: STAR }] : items,
    from: readFrom(at, adapt),
    ...(isPresent(at['selection']) && { where: adapt.expr(at['selection']) }),
    ...(groupBy && { groupBy }),
    ...(isPresent(at['having']) && { having: adapt.expr(at['having']) }),
    ...(isPresent(at['qualify']) && { qualify: adapt.expr(at['qualify']) }),
    windows: listOf(at['named_window']).map((named) => readNamedWindow(named, adapt)),
    opaqueClauses: [
      ...unreadFields(at, SELECT_FIELDS).map((field) => field.replaceAll('_', ' ')),
      ...(groupBy === null ? ['group by'] : []),
    ],
  };
}

function readDistinct(node: unknown, adapt: Adapt): Select['distinct'] {
  const { tag, body } = variantOf(node);
  switch (tag) {
    case 'Distinct':
      return 'all';
    case 'On':
      return listOf(body).map(adapt.expr);
    default:
      return undefined;
  }
}

function readSelectItem(node: unknown, adapt: Adapt): SelectItem {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'UnnamedExpr':
      return { expr: adapt.expr(body), ...writtenAs(body) };
    case 'ExprWithAlias':
      return { expr: adapt.expr(at['expr']), alias: readIdent(at['alias']) };
    case 'Wildcard':
      return { expr: readStar({ options: body }, adapt) };
    case 'QualifiedWildcard':
      return { expr: readQualifiedStar(listOf(body), adapt) };
    case 'ExprWithAliases':
      return { expr: opaque('an expression with several aliases', [adapt.expr(at['expr'])]) };
    default:
      return { expr: opaque(`${camelToWords(tag)} in select`) };
  }
}

function readQualifiedStar([kind, options]: readonly unknown[], adapt: Adapt): Expr {
  const { tag, body } = variantOf(kind);
  if (tag === 'Expr') {
    return opaque('a star of an expression', [adapt.expr(body)]);
  }
  const qualifier = readObjectName(body, adapt.dialect);
  return qualifier ? readStar({ options, qualifier }, adapt) : opaque('a star of a computed name');
}

function readNamedWindow(node: unknown, adapt: Adapt): Select['windows'][number] {
  const [name, expr] = listOf(node);
  const { tag, body } = variantOf(expr);
  const window =
    tag === 'NamedWindow' ? readWindowType({ NamedWindow: body }, adapt) : readWindow(body, adapt);
  return { name: readIdent(name), window };
}

function readFrom(at: Tree, adapt: Adapt): readonly FromItem[] {
  const items = listOf(at['from']).map((item) => readTableWithJoins(item, adapt));
  const from = unnestNamedArrays(items, adapt.dialect);
  const views = listOf(at['lateral_views']);
  const [first, ...rest] = from;
  if (views.length === 0 || first === undefined) {
    return from;
  }
  const all = rest.reduce<FromItem>(crossJoin, first);
  return [views.reduce<FromItem>((left, view) => readLateralView(left, view, adapt), all)];
}

function crossJoin(left: FromItem, right: FromItem): FromItem {
  return { kind: 'join', join: 'cross', left, right, natural: false };
}

/** Hive's LATERAL VIEW: each row beside what the function makes of it; OUTER keeps rows without any. */
function readLateralView(left: FromItem, node: unknown, adapt: Adapt): FromItem {
  const view = treeOf(node);
  const { tag, body } = variantOf(view['lateral_view']);
  const call = adapt.expr(view['lateral_view']);
  const alias = readObjectName(view['lateral_view_name'], adapt.dialect)?.at(-1);
  const path = tag === 'Function' ? readObjectName(treeOf(body)['name'], adapt.dialect) : undefined;
  const right: FromItem = {
    kind: 'function',
    name: path ? functionName(path) : textOf(tag).toLowerCase(),
    args: call.kind === 'call' ? call.args : [call],
    ...(alias && alias.name !== '' && { alias }),
    columnAliases: listOf(view['lateral_col_alias']).map(readIdent),
  };
  return view['outer'] === true
    ? { kind: 'join', join: 'left', left, right, on: literal('boolean', 'true'), natural: false }
    : crossJoin(left, right);
}

/** What the tree no longer says once it is adapted. */
function writtenAs(node: unknown): Pick<SelectItem, 'written'> {
  const { tag, body } = variantOf(node);
  if (tag === 'Nested') {
    return { written: 'in brackets' };
  }
  const isShort = tag === 'Cast' && treeOf(body)['kind'] === 'DoubleColon';
  return isShort ? { written: 'double colon' } : {};
}
