import type { Cte, Expr, GroupBy, Query, QueryBody, Select, SelectItem } from '../../sql/ir.ts';
import type { GroupingElement } from '../multiply-grouping.ts';
import { multiplyGrouping } from '../multiply-grouping.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf, unreadFields, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { identOf, readIdents } from './names.ts';
import { readOrderItems, readWindow } from './windows.ts';

const SELECT_FIELDS = new Set([
  'distinctClause',
  'targetList',
  'fromClause',
  'whereClause',
  'groupClause',
  'havingClause',
  'windowClause',
  'valuesLists',
  'sortClause',
  'limitOffset',
  'limitCount',
  'limitOption',
  'lockingClause',
  'withClause',
  'op',
  'all',
  'larg',
  'rarg',
]);
const CTE_FIELDS = new Set(['ctename', 'aliascolnames', 'ctematerialized', 'ctequery', 'location']);

/** A SelectStmt, wrapped or not. */
export function readQuery(node: unknown, adapt: Adapt): Query {
  const at = treeOf(treeOf(node)['SelectStmt'] ?? node);
  const modifiers = [
    ...(at['limitOption'] === 'LIMIT_OPTION_WITH_TIES' ? ['with ties'] : []),
    ...(isPresent(at['lockingClause']) ? ['locks'] : []),
  ];
  return {
    ...readWith(at['withClause'], adapt),
    body: readBody(at, adapt),
    orderBy: readOrderItems(at['sortClause'], adapt),
    ...(isLimit(at['limitCount']) && { limit: adapt.expr(at['limitCount']) }),
    ...(isPresent(at['limitOffset']) && { offset: adapt.expr(at['limitOffset']) }),
    ...(modifiers.length > 0 && { limitModifier: modifiers.join(', ') }),
  };
}

/** LIMIT ALL is the constant NULL. */
function isLimit(node: unknown): boolean {
  return isPresent(node) && treeOf(treeOf(node)['A_Const'])['isnull'] !== true;
}

export function readWith(node: unknown, adapt: Adapt): Pick<Query, 'ctes' | 'recursive'> {
  const { ctes, recursive } = treeOf(node);
  return {
    recursive: recursive === true,
    ctes: listOf(ctes).map((cte) => readCte(treeOf(treeOf(cte)['CommonTableExpr']), adapt)),
  };
}

function readCte(at: Tree, adapt: Adapt): Cte {
  const { tag } = variantOf(at['ctequery']);
  const extra = unreadFields(at, CTE_FIELDS);
  const query: Query =
    tag === 'SelectStmt'
      ? adapt.query(at['ctequery'])
      : {
          ctes: [],
          recursive: false,
          body: { kind: 'opaque-query', because: 'a change as a query', tables: [] },
          orderBy: [],
        };
  return {
    name: identOf(textOf(at['ctename'])),
    columns: readIdents(at['aliascolnames']),
    query: extra.length === 0 ? query : { ...query, limitModifier: `cte ${extra.join(' ')}` },
  };
}

function readBody(at: Tree, adapt: Adapt): QueryBody {
  if (isPresent(at['larg'])) {
    const op = textOf(at['op']).replace('SETOP_', '').toLowerCase();
    return {
      kind: 'set',
      op: op === 'union' || op === 'intersect' ? op : 'except',
      all: at['all'] === true,
      byName: false,
      left: readSide(treeOf(at['larg']), adapt),
      right: readSide(treeOf(at['rarg']), adapt),
    };
  }
  return isPresent(at['valuesLists'])
    ? {
        kind: 'values',
        rows: listOf(at['valuesLists']).map((row) =>
          listOf(treeOf(treeOf(row)['List'])['items']).map(adapt.expr),
        ),
      }
    : readSelect(at, adapt);
}

const OWN_CLAUSES = ['withClause', 'sortClause', 'limitCount', 'limitOffset', 'lockingClause'];

/** A side with clauses of its own is a query of its own. */
function readSide(at: Tree, adapt: Adapt): QueryBody {
  return OWN_CLAUSES.some((clause) => isPresent(at[clause]))
    ? { kind: 'nested', query: adapt.query(at) }
    : readBody(at, adapt);
}

function readSelect(at: Tree, adapt: Adapt): Select {
  const groupBy = readGroupBy(at['groupClause'], adapt);
  const distinct = readDistinct(at['distinctClause'], adapt);
  return {
    kind: 'select',
    ...(distinct && { distinct }),
    items: listOf(at['targetList']).map((item) => readItem(item, adapt)),
    from: listOf(at['fromClause']).map(adapt.from),
    ...(isPresent(at['whereClause']) && { where: adapt.expr(at['whereClause']) }),
    ...(groupBy && { groupBy }),
    ...(isPresent(at['havingClause']) && { having: adapt.expr(at['havingClause']) }),
    windows: listOf(at['windowClause']).map((node) => {
      const { name, ...window } = treeOf(treeOf(node)['WindowDef']);
      return { name: identOf(textOf(name)), window: readWindow(window, adapt) };
    }),
    opaqueClauses: [
      ...unreadFields(at, SELECT_FIELDS).map(inWords),
      ...(groupBy === null ? ['group by'] : []),
    ],
  };
}

function inWords(field: string): string {
  return field.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
}

/** Plain DISTINCT is a list of one empty node. */
function readDistinct(nodes: unknown, adapt: Adapt): Select['distinct'] {
  const exprs = listOf(nodes).filter((node) => Object.keys(treeOf(node)).length > 0);
  if (exprs.length > 0) {
    return exprs.map(adapt.expr);
  }
  return listOf(nodes).length > 0 ? 'all' : undefined;
}

/** A ResTarget of a select list, or of RETURNING. */
export function readItem(node: unknown, adapt: Adapt): SelectItem {
  const { name, val } = treeOf(treeOf(node)['ResTarget']);
  const alias = textOf(name);
  return { expr: adapt.expr(val), ...(alias !== '' && { alias: identOf(alias) }) };
}

function readGroupBy(nodes: unknown, adapt: Adapt): GroupBy | undefined | null {
  const elements = listOf(nodes).map((node) => readElement(node, adapt));
  return elements.length === 0 ? undefined : (multiplyGrouping(elements) ?? null);
}

function readElement(node: unknown, adapt: Adapt): GroupingElement {
  const { tag, body } = variantOf(node);
  const { kind, content } = treeOf(body);
  if (tag !== 'GroupingSet') {
    return { kind: 'expr', expr: adapt.expr(node) };
  }
  switch (kind) {
    case 'GROUPING_SET_ROLLUP':
    case 'GROUPING_SET_CUBE':
      return {
        kind: kind === 'GROUPING_SET_ROLLUP' ? 'rollup' : 'cube',
        groups: listOf(content).map((group) => membersOf(group, adapt)),
      };
    case 'GROUPING_SET_SETS':
      return {
        kind: 'sets',
        sets: listOf(content).map((set) =>
          isRow(set)
            ? membersOf(set, adapt).map((expr) => ({ kind: 'expr', expr }))
            : [readElement(set, adapt)],
        ),
      };
    default:
      return { kind: 'sets', sets: [[]] };
  }
}

function isRow(node: unknown): boolean {
  return variantOf(node).tag === 'RowExpr';
}

function membersOf(node: unknown, adapt: Adapt): readonly Expr[] {
  const members = isRow(node) ? listOf(treeOf(variantOf(node).body)['args']) : [node];
  return members.map(adapt.expr);
}
