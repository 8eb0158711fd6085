import type { OrderItem, Window } from '../../sql/ir.ts';
import { opaque } from '../make-expr.ts';
import { isPresent, listOf, textOf, treeOf, unreadFields, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readIdent } from './names.ts';

const ORDER_FIELDS = new Set(['expr', 'options']);
const WINDOW_FIELDS = new Set(['window_name', 'partition_by', 'order_by', 'window_frame']);

export function readOrderItem(node: unknown, adapt: Adapt): OrderItem {
  const item = treeOf(node);
  const options = treeOf(item['options']);
  const nulls = options['nulls_first'];
  const expr = adapt.expr(item['expr']);
  const extra = unreadFields(item, ORDER_FIELDS);
  return {
    expr: extra.length === 0 ? expr : opaque(`an ordering with ${extra.join(', ')}`, [expr]),
    descending: options['asc'] === false,
    ...(typeof nulls === 'boolean' && { nulls: nulls ? 'first' : 'last' }),
  };
}

export function readOrderItems(nodes: unknown, adapt: Adapt): readonly OrderItem[] {
  return listOf(nodes).map((node) => readOrderItem(node, adapt));
}

/** `OVER w`, `OVER (...)`: a window or the name of one. */
export function readWindowType(node: unknown, adapt: Adapt): Window {
  const { tag, body } = variantOf(node);
  if (tag === 'NamedWindow') {
    return { base: readIdent(body), partitionBy: [], orderBy: [] };
  }
  return readWindow(body, adapt);
}

export function readWindow(node: unknown, adapt: Adapt): Window {
  const spec = treeOf(node);
  const frame = frameText(spec['window_frame']);
  const extra = unreadFields(spec, WINDOW_FIELDS);
  const partitionBy = listOf(spec['partition_by']).map(adapt.expr);
  return {
    ...(isPresent(spec['window_name']) && { base: readIdent(spec['window_name']) }),
    partitionBy:
      extra.length === 0 && frame !== null
        ? partitionBy
        : [...partitionBy, opaque('a window frame we do not read')],
    orderBy: readOrderItems(spec['order_by'], adapt),
    ...(typeof frame === 'string' && { frame }),
  };
}

/** Undefined where there is none, null where it is one we cannot write down. */
function frameText(node: unknown): string | undefined | null {
  if (!isPresent(node)) {
    return undefined;
  }
  const { units, start_bound: start, end_bound: end } = treeOf(node);
  const unit = textOf(units).toLowerCase();
  const from = boundText(start);
  if (from === null) {
    return null;
  }
  const to = isPresent(end) ? boundText(end) : 'current row';
  return to === null ? null : `${unit} between ${from} and ${to}`;
}

function boundText(node: unknown): string | null {
  const { tag, body } = variantOf(node);
  if (tag === 'CurrentRow') {
    return 'current row';
  }
  const side = tag.toLowerCase();
  if (!isPresent(body)) {
    return `unbounded ${side}`;
  }
  const { tag: kind, body: value } = variantOf(body);
  if (kind === 'Interval') {
    return intervalText(value, side);
  }
  const constant = variantOf(treeOf(value)['value']);
  return kind === 'Value' && constant.tag === 'Number'
    ? `${textOf(listOf(constant.body)[0])} ${side}`
    : null;
}

function intervalText(node: unknown, side: string): string | null {
  const { value, leading_field: unit } = treeOf(node);
  const inner = variantOf(treeOf(variantOf(value).body)['value']);
  const amount = inner.tag === 'Number' ? textOf(listOf(inner.body)[0]) : textOf(inner.body);
  const name = isPresent(unit) ? ` ${variantOf(unit).tag.toLowerCase()}` : '';
  return amount === '' ? null : `interval '${amount}'${name} ${side}`;
}
