import type { Expr, OrderItem, Window } from '../../sql/ir.ts';
import { opaque, STAR } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { unread } from './adapt.ts';
import { readIdent } from './names.ts';

type Call = Extract<Expr, { kind: 'call' }>;

/** Nodes named like the function they stand for, with their arguments in these fields, in this order. */
const PLAIN_NAMES: ReadonlySet<string> = new Set(
  `coalesce upper lower length trim reverse abs sqrt ln exp sign greatest least round floor ceil
  sum avg min max median mode any_value stddev variance array_agg count_if row_number rank dense_rank
  percent_rank cume_dist current_date current_time current_timestamp explode array_length array_size
  cardinality year month day hour minute second quarter initcap ascii chr`.split(/\s+/),
);

/** Nodes of functions whose arguments stand in fields of their own, in this order. */
const OWN_FIELDS: Readonly<Record<string, readonly string[]>> = {
  substring: ['this', 'start', 'length'],
  lag: ['this', 'offset', 'default'],
  lead: ['this', 'offset', 'default'],
  first_value: ['this'],
  last_value: ['this'],
  string_agg: ['this', 'separator'],
  typeof: ['this'],
};

const ARGUMENT_FIELDS: readonly string[] = ['this', 'expression', 'expressions', 'args'];
const CLAUSES: readonly string[] = [
  'distinct',
  'filter',
  'order_by',
  'ignore_nulls',
  'no_parens',
  'quoted',
];

/** A function of whatever node type; undefined where the node is none we can read as a plain call. */
export function readCall(tag: string, node: unknown, adapt: Adapt): Expr | undefined {
  const at = treeOf(node);
  const name = nameOf(tag, at);
  const own = OWN_FIELDS[tag];
  const fields = own ?? [...ARGUMENT_FIELDS, 'star'];
  if (name === undefined || unread(at, [...fields, ...CLAUSES]).length > 0) {
    return undefined;
  }
  const args = own
    ? own.map((field) => at[field]).filter(isPresent)
    : [
        ...(isPresent(at['this']) ? [at['this']] : []),
        ...(isPresent(at['expression']) ? [at['expression']] : []),
        ...listOf(at['expressions']),
        ...listOf(at['args']),
      ];
  const named = args.flatMap((arg, index) => {
    const { tag: kind, body } = variantOf(arg);
    const label = readIdent(treeOf(body)['name']).name.toLowerCase();
    return kind === 'named_argument' ? [`argument ${index + 1} is ${label}`] : [];
  });
  if (at['distinct'] === true && variantOf(at['this']).tag === 'tuple') {
    return undefined;
  }
  return {
    kind: 'call',
    name,
    args: at['star'] === true ? [STAR] : args.map((arg) => readArgument(arg, adapt)),
    distinct: at['distinct'] === true,
    ...(isPresent(at['filter']) && { filter: adapt.expr(at['filter']) }),
    orderBy: readOrder(at['order_by'], adapt),
    modifiers: [...named, ...(at['ignore_nulls'] === true ? ['ignore nulls'] : [])],
  };
}

function nameOf(tag: string, at: Tree): string | undefined {
  const written = textOf(at['original_name']) || textOf(at['name']);
  if (written !== '') {
    return at['quoted'] === true ? written : written.toLowerCase();
  }
  return PLAIN_NAMES.has(tag) || tag in OWN_FIELDS ? tag : undefined;
}

function readArgument(node: unknown, adapt: Adapt): Expr {
  const { tag, body } = variantOf(node);
  return adapt.expr(tag === 'named_argument' ? treeOf(body)['value'] : node);
}

export function readOrder(nodes: unknown, adapt: Adapt): readonly OrderItem[] {
  return listOf(nodes).map((node) => {
    const item = treeOf(node);
    const extra = unread(item, ['this', 'desc', 'nulls_first', 'explicit_asc']);
    const expr = adapt.expr(item['this']);
    const nulls = item['nulls_first'];
    return {
      expr: extra.length === 0 ? expr : opaque(`an ordering with ${extra.join(', ')}`, [expr]),
      descending: item['desc'] === true,
      ...(typeof nulls === 'boolean' && { nulls: nulls ? 'first' : 'last' }),
    };
  });
}

/** `f(...) OVER (...)`. */
export function readWindowCall(at: Tree, adapt: Adapt): Expr {
  const call = adapt.expr(at['this']);
  const over = readWindow(treeOf(at['over']), adapt);
  return call.kind === 'call' && unread(at, ['this', 'over']).length === 0
    ? { ...call, over }
    : opaque('a window over something else than a call', [call, ...over.partitionBy]);
}

export function readWindow(at: Tree, adapt: Adapt): Window {
  const frame = frameText(at['frame']);
  const known = ['window_name', 'partition_by', 'order_by', 'frame'];
  const isRead = frame !== null && unread(at, known).length === 0;
  const partitionBy = listOf(at['partition_by']).map(adapt.expr);
  return {
    ...(isPresent(at['window_name']) && { base: readIdent(at['window_name']) }),
    partitionBy: isRead ? partitionBy : [...partitionBy, opaque('a window frame we do not read')],
    orderBy: readOrder(at['order_by'], adapt),
    ...(typeof frame === 'string' && { frame }),
  };
}

function frameText(node: unknown): string | undefined | null {
  if (!isPresent(node)) {
    return undefined;
  }
  const frame = treeOf(node);
  const start = boundText(frame['start']);
  const end = isPresent(frame['end']) ? boundText(frame['end']) : 'current row';
  const isKnown = unread(frame, FRAME_FIELDS).length === 0;
  return start === null || end === null || !isKnown
    ? null
    : `${textOf(frame['kind']).toLowerCase()} between ${start} and ${end}`;
}

const FRAME_FIELDS = ['kind', 'start', 'end', 'kind_text', 'start_side_text', 'end_side_text'];

const BOUNDS: Readonly<Record<string, string>> = {
  CurrentRow: 'current row',
  UnboundedPreceding: 'unbounded preceding',
  UnboundedFollowing: 'unbounded following',
};

function boundText(node: unknown): string | null {
  const { tag, body } = variantOf(node);
  const literal = treeOf(treeOf(body)['literal']);
  if (tag === 'Preceding' || tag === 'Following') {
    return literal['literal_type'] === 'number'
      ? `${textOf(literal['value'])} ${tag.toLowerCase()}`
      : null;
  }
  return BOUNDS[tag] ?? null;
}

/** `f(...) WITHIN GROUP (ORDER BY ...)` and `f(...) FILTER (...)`. */
export function withWithinGroup(at: Tree, adapt: Adapt): Expr {
  const call = adapt.expr(at['this']);
  const orderBy = readOrder(at['order_by'], adapt);
  return isPlain(call)
    ? { ...call, orderBy, modifiers: [...call.modifiers, 'within group'] }
    : opaque('within group', [call, ...orderBy.map((item) => item.expr)]);
}

function isPlain(expr: Expr): expr is Call {
  return expr.kind === 'call' && expr.orderBy.length === 0;
}
