import type { Cte, Expr, OrderItem, Path, Query, QueryBody } from '../../sql/ir.ts';
import { literal, opaque, STAR } from '../make-expr.ts';
import { tablesOf } from '../tables-of.ts';
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
import { aliasOf } from './from-items.ts';
import { readSelect } from './selects.ts';
import { readOrderItem } from './windows.ts';

const QUERY_FIELDS = new Set([
  'with',
  'body',
  'order_by',
  'limit_clause',
  'fetch',
  'pipe_operators',
]);
const LIMIT_FIELDS = new Set(['limit', 'offset']);
const TOP_FIELDS = new Set(['quantity']);
const CTE_FIELDS = new Set(['alias', 'query', 'materialized', 'closing_paren_token']);

export function readQuery(node: unknown, adapt: Adapt): Query {
  const at = treeOf(node);
  const body = adapt.body(at['body']);
  const piped = isPresent(at['pipe_operators']);
  const limits = readLimits(at, adapt);
  return {
    ...readWith(at['with'], adapt),
    body: piped
      ? { kind: 'opaque-query', because: 'pipe operators', tables: tablesOf(body) }
      : body,
    orderBy: readOrderBy(at['order_by'], adapt),
    ...limits,
    ...readTop(at['body'], limits, adapt),
  };
}

function readWith(node: unknown, adapt: Adapt): { ctes: readonly Cte[]; recursive: boolean } {
  const { recursive, cte_tables: ctes } = treeOf(node);
  return { recursive: recursive === true, ctes: listOf(ctes).map((cte) => readCte(cte, adapt)) };
}

function readCte(node: unknown, adapt: Adapt): Cte {
  const at = treeOf(node);
  const { alias, columnAliases } = aliasOf(at['alias']);
  const extra = unreadFields(at, CTE_FIELDS);
  const query = adapt.query(at['query']);
  return {
    name: alias ?? { name: '', quoted: false },
    columns: columnAliases,
    query: extra.length === 0 ? query : { ...query, limitModifier: `cte ${extra.join(' ')}` },
  };
}

function readOrderBy(node: unknown, adapt: Adapt): readonly OrderItem[] {
  const { kind, interpolate } = treeOf(node);
  const { tag, body } = variantOf(kind);
  if (tag === 'All') {
    const options = { expr: undefined, options: body };
    return [{ ...readOrderItem(options, adapt), expr: opaque('order by all') }];
  }
  const items = listOf(body).map((item) => readOrderItem(item, adapt));
  return isPresent(interpolate)
    ? [...items, { expr: opaque('interpolate'), descending: false }]
    : items;
}

interface Limits {
  readonly limit?: Expr;
  readonly offset?: Expr;
  readonly limitModifier?: string;
}

function readLimits(at: Tree, adapt: Adapt): Limits {
  const { tag, body } = variantOf(at['limit_clause']);
  const clause = treeOf(body);
  const fetch = treeOf(at['fetch']);
  const offset = tag === 'LimitOffset' ? treeOf(clause['offset'])['value'] : clause['offset'];
  const first = isPresent(fetch['quantity'])
    ? adapt.expr(fetch['quantity'])
    : literal('number', '1');
  const limit = isPresent(clause['limit'])
    ? adapt.expr(clause['limit'])
    : isPresent(at['fetch'])
      ? first
      : undefined;
  const modifiers = [
    ...(isPresent(fetch['with_ties']) ? ['with ties'] : []),
    ...(isPresent(fetch['percent']) ? ['percent'] : []),
    ...(isPresent(clause['limit']) && isPresent(at['fetch']) ? ['limit and fetch'] : []),
    ...unreadFields(clause, LIMIT_FIELDS).map((field) => field.replaceAll('_', ' ')),
    ...unreadFields(at, QUERY_FIELDS).map((field) => field.replaceAll('_', ' ')),
  ];
  return {
    ...(limit && { limit }),
    ...(isPresent(offset) && { offset: adapt.expr(offset) }),
    ...(modifiers.length > 0 && { limitModifier: modifiers.join(', ') }),
  };
}

/** `SELECT TOP n` of the only select is the query's limit. */
function readTop(body: unknown, limits: Limits, adapt: Adapt): Limits {
  const { tag, body: select } = variantOf(body);
  const top = treeOf(treeOf(select)['top']);
  if (tag !== 'Select' || !isPresent(treeOf(select)['top'])) {
    return {};
  }
  const { tag: kind, body: amount } = variantOf(top['quantity']);
  if (kind === '' || limits.limit || unreadFields(top, TOP_FIELDS).length > 0) {
    return { limitModifier: 'top' };
  }
  return { limit: kind === 'Constant' ? literal('number', textOf(amount)) : adapt.expr(amount) };
}

/** The body of a query: a select, a set operation, VALUES, or a query in parentheses. */
export function readBody(node: unknown, adapt: Adapt): QueryBody {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'Select':
      return readSelect(body, adapt);
    case 'Query':
      return unwrapped(adapt.query(body));
    case 'SetOperation':
      return readSetOperation(at, adapt);
    case 'Values':
      return {
        kind: 'values',
        rows: listOf(at['rows']).map((row) =>
          listOf(Array.isArray(row) ? row : treeOf(row)['content']).map(adapt.expr),
        ),
      };
    case 'Table': {
      const names = [at['schema_name'], at['table_name']].filter(isPresent).map(textOf);
      const path: Path = names.map((name) => ({ name, quoted: false }));
      const table = { kind: 'table', path, columnAliases: [], modifiers: [] } as const;
      return {
        kind: 'select',
        items: [{ expr: STAR }],
        from: [table],
        windows: [],
        opaqueClauses: [],
      };
    }
    default:
      return { kind: 'opaque-query', because: `${camelToWords(tag)} as a query`, tables: [] };
  }
}

/** Parentheses around a plain body say nothing. */
function unwrapped(query: Query): QueryBody {
  const { ctes, orderBy, limit, offset, limitModifier } = query;
  const isPlain = ctes.length === 0 && orderBy.length === 0 && !limit && !offset && !limitModifier;
  return isPlain ? query.body : { kind: 'nested', query };
}

function readSetOperation(at: Tree, adapt: Adapt): QueryBody {
  const op = textOf(at['op']).toLowerCase();
  const quantifier = textOf(at['set_quantifier']);
  return {
    kind: 'set',
    op: op === 'union' || op === 'intersect' ? op : 'except',
    all: quantifier.startsWith('All'),
    byName: quantifier.endsWith('ByName'),
    left: readSide(at['left'], adapt),
    right: readSide(at['right'], adapt),
  };
}

/** A side with a TOP of its own is a query of its own. */
function readSide(node: unknown, adapt: Adapt): QueryBody {
  const { body } = variantOf(node);
  return isPresent(treeOf(body)['top'])
    ? { kind: 'nested', query: adapt.query({ body: node }) }
    : adapt.body(node);
}
