import type {
  Cte,
  Expr,
  FromItem,
  GroupBy,
  Query,
  QueryBody,
  Select,
  SelectItem,
} from '../../sql/ir.ts';
import { opaque } from '../make-expr.ts';
import type { GroupingElement } from '../multiply-grouping.ts';
import { multiplyGrouping } from '../multiply-grouping.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { unread } from './adapt.ts';
import { readOrder, readWindow } from './calls.ts';
import { readFromList, readLateralView } from './from-items.ts';
import { readIdent } from './names.ts';

const SELECT_FIELDS = [
  'expressions',
  'from',
  'joins',
  'lateral_views',
  'where_clause',
  'group_by',
  'having',
  'qualify',
  'order_by',
  'limit',
  'offset',
  'distinct',
  'distinct_on',
  'with',
  'windows',
  'hint',
  'qualify_after_window',
];
const SET_FIELDS = [
  'left',
  'right',
  'all',
  'distinct',
  'with',
  'order_by',
  'limit',
  'offset',
  'by_name',
];
const SUBQUERY_FIELDS = ['this', 'order_by', 'limit', 'offset', 'modifiers_inside'];

/** A select, a set operation, VALUES or a query in parentheses, with what belongs to it as a whole. */
export function readQuery(node: unknown, adapt: Adapt): Query {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'select':
      return around(at, readSelect(at, adapt), adapt);
    case 'union':
    case 'intersect':
    case 'except':
      return around(at, readSetOperation(tag, at, adapt), adapt);
    case 'values':
      return plain({
        kind: 'values',
        rows: listOf(at['expressions']).map((row) =>
          listOf(treeOf(row)['expressions']).map(adapt.expr),
        ),
      });
    case 'paren':
      return adapt.query(at['this']);
    case 'subquery': {
      const inner = adapt.query(at['this']);
      const isBare = unread(at, ['this', 'modifiers_inside']).length === 0;
      const body: QueryBody = { kind: 'nested', query: inner };
      return isBare ? inner : around(at, body, adapt, SUBQUERY_FIELDS);
    }
    default:
      return plain({
        kind: 'opaque-query',
        because: `${tag.replaceAll('_', ' ')} as a query`,
        tables: [],
      });
  }
}

function plain(body: QueryBody): Query {
  return { ctes: [], recursive: false, body, orderBy: [] };
}

function around(at: Tree, body: QueryBody, adapt: Adapt, known?: readonly string[]): Query {
  const limit = treeOf(at['limit']);
  const offset = treeOf(at['offset']);
  const count = 'this' in limit ? limit['this'] : at['limit'];
  const skipped = 'this' in offset ? offset['this'] : at['offset'];
  const modifiers = [
    ...(limit['percent'] === true ? ['percent'] : []),
    ...(known ? unread(at, known) : []),
  ];
  return {
    ...readWith(at['with'], adapt),
    body,
    orderBy: readOrder(treeOf(at['order_by'])['expressions'], adapt),
    ...(isPresent(at['limit']) && { limit: adapt.expr(count) }),
    ...(isPresent(at['offset']) && { offset: adapt.expr(skipped) }),
    ...(modifiers.length > 0 && { limitModifier: modifiers.join(', ') }),
  };
}

export function readWith(
  node: unknown,
  adapt: Adapt,
): { ctes: readonly Cte[]; recursive: boolean } {
  const { ctes, recursive, search } = treeOf(node);
  return {
    recursive: recursive === true,
    ctes: listOf(ctes).map((cte) => {
      const at = treeOf(cte);
      const query = adapt.query(at['this']);
      const isPlain = !isPresent(at['key_expressions']) && !isPresent(search);
      return {
        name: readIdent(at['alias']),
        columns: listOf(at['columns']).map(readIdent),
        query: isPlain ? query : { ...query, limitModifier: 'cte with a search clause' },
      };
    }),
  };
}

function readSetOperation(
  tag: 'union' | 'intersect' | 'except',
  at: Tree,
  adapt: Adapt,
): QueryBody {
  const extra = unread(at, SET_FIELDS);
  if (extra.length > 0) {
    return { kind: 'opaque-query', because: `${tag} with ${extra.join(', ')}`, tables: [] };
  }
  return {
    kind: 'set',
    op: tag,
    all: at['all'] === true,
    byName: at['by_name'] === true,
    left: side(at['left'], adapt),
    right: side(at['right'], adapt),
  };
}

function side(node: unknown, adapt: Adapt): QueryBody {
  const query = adapt.query(node);
  const { ctes, orderBy, limit, offset, limitModifier } = query;
  const isPlain = ctes.length === 0 && orderBy.length === 0 && !limit && !offset && !limitModifier;
  return isPlain ? query.body : { kind: 'nested', query };
}

function readSelect(at: Tree, adapt: Adapt): Select {
  const groupBy = readGroupBy(at['group_by'], adapt);
  const distinctOn = listOf(at['distinct_on']).map(adapt.expr);
  return {
    kind: 'select',
    ...(distinctOn.length > 0 && { distinct: distinctOn }),
    ...(distinctOn.length === 0 && at['distinct'] === true && { distinct: 'all' }),
    items: listOf(at['expressions']).map((item) => readItem(item, adapt)),
    from: readFrom(at, adapt),
    ...clause('where', at['where_clause'], adapt),
    ...(groupBy && { groupBy }),
    ...clause('having', at['having'], adapt),
    ...clause('qualify', at['qualify'], adapt),
    windows: listOf(at['windows']).map((node) => ({
      name: readIdent(treeOf(node)['name']),
      window: readWindow(treeOf(treeOf(node)['spec']), adapt),
    })),
    opaqueClauses: [
      ...unread(at, SELECT_FIELDS).map((field) => field.replaceAll('_', ' ')),
      ...(groupBy === null ? ['group by'] : []),
    ],
  };
}

function clause(name: 'where' | 'having' | 'qualify', node: unknown, adapt: Adapt) {
  return isPresent(node) ? { [name]: adapt.expr(treeOf(node)['this']) } : {};
}

function readItem(node: unknown, adapt: Adapt): SelectItem {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  if (tag !== 'alias') {
    return { expr: adapt.expr(node) };
  }
  const expr = adapt.expr(at['this']);
  const isSuffix = readIdent(at['alias']).name.toLowerCase() === 'export_state';
  return unread(at, ['this', 'alias']).length === 0 && !isSuffix
    ? { expr, alias: readIdent(at['alias']) }
    : { expr: opaque('an expression with several aliases', [expr]) };
}

function readFrom(at: Tree, adapt: Adapt): readonly FromItem[] {
  const items = readFromList(treeOf(at['from'])['expressions'], at['joins'], adapt);
  const views = listOf(at['lateral_views']);
  const [first, ...rest] = items;
  if (views.length === 0 || first === undefined) {
    return items;
  }
  const joined = rest.reduce<FromItem>(
    (left, right) => ({ kind: 'join', join: 'cross', left, right, natural: false }),
    first,
  );
  return [views.reduce<FromItem>((left, view) => readLateralView(left, view, adapt), joined)];
}

/** None, read, or a form we do not read (`null`). */
function readGroupBy(node: unknown, adapt: Adapt): GroupBy | undefined | null {
  const at = treeOf(node);
  if (!isPresent(node)) {
    return undefined;
  }
  const elements = listOf(at['expressions']).map((item) => readElement(item, adapt));
  const [only] = elements;
  const isAll = only?.kind === 'expr' && elements.length === 1 && isColumnAll(only.expr);
  if ((at['all'] === true && elements.length === 0) || isAll) {
    return { kind: 'all' };
  }
  const isRead = unread(at, ['expressions']).length === 0;
  return isRead ? (multiplyGrouping(elements) ?? null) : null;
}

function isColumnAll(expr: SelectItem['expr']): boolean {
  const [name] = expr.kind === 'column' && expr.path.length === 1 ? expr.path : [];
  return name?.quoted === false && name.name.toLowerCase() === 'all';
}

function readElement(node: unknown, adapt: Adapt): GroupingElement {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  if (tag === 'rollup' || tag === 'cube' || tag === 'grouping_sets') {
    return elementOf(tag, listOf(at['expressions']), adapt);
  }
  return groupingOf(adapt.expr(node));
}

/** The library takes ROLLUP, CUBE and GROUPING SETS for functions where they stand in a list. */
function groupingOf(expr: Expr): GroupingElement {
  if (expr.kind !== 'call') {
    return { kind: 'expr', expr };
  }
  if (expr.name === 'grouping sets') {
    const members = (arg: Expr) => (arg.kind === 'tuple' ? arg.items : [arg]);
    return { kind: 'sets', sets: expr.args.map((arg) => members(arg).map(groupingOf)) };
  }
  return expr.name === 'rollup' || expr.name === 'cube'
    ? {
        kind: expr.name,
        groups: expr.args.map((arg) => (arg.kind === 'tuple' ? arg.items : [arg])),
      }
    : { kind: 'expr', expr };
}

function elementOf(
  tag: 'rollup' | 'cube' | 'grouping_sets',
  nodes: readonly unknown[],
  adapt: Adapt,
): GroupingElement {
  if (tag === 'grouping_sets') {
    return {
      kind: 'sets',
      sets: nodes.map((node) => {
        const { tag: kind, body } = variantOf(node);
        const members = kind === 'tuple' ? listOf(treeOf(body)['expressions']) : [node];
        const inner = kind === 'paren' ? [treeOf(body)['this']] : members;
        return inner.map((member) => readElement(member, adapt));
      }),
    };
  }
  const groups = nodes.map((node) => {
    const expr = adapt.expr(node);
    return expr.kind === 'tuple' ? expr.items : [expr];
  });
  return { kind: tag, groups };
}
