import type { AccessStepOf, ExprOf, OrderItemOf, SelectItemOf, WindowOf } from '../ir.ts';

/** How the parts of an expression become those of another. */
export interface ExprMapping<From, To> {
  readonly expr: (expr: ExprOf<From>) => ExprOf<To>;
  readonly query: (query: From) => To;
}

/**
 * The same expression with its direct parts mapped; nodes without parts come back as they are.
 * Long left-deep chains (`a and b and ...`) are walked in a loop, so that they cost no stack.
 */
export function mapParts<From, To>(expr: ExprOf<From>, mapping: ExprMapping<From, To>): ExprOf<To> {
  const map = mapping.expr;
  switch (expr.kind) {
    case 'column':
    case 'ref':
    case 'literal':
    case 'parameter':
      return expr;
    case 'call':
      return mapCall(expr, mapping);
    case 'binary':
      return mapChain(expr, mapping);
    case 'unary':
    case 'is':
    case 'cast':
      return { ...expr, operand: map(expr.operand) };
    case 'between':
      return { ...expr, operand: map(expr.operand), low: map(expr.low), high: map(expr.high) };
    case 'in-list':
      return { ...expr, operand: map(expr.operand), list: expr.list.map(map) };
    case 'in-query':
      return { ...expr, operand: map(expr.operand), query: mapping.query(expr.query) };
    case 'exists':
    case 'subquery':
      return { ...expr, query: mapping.query(expr.query) };
    case 'quantified':
      return { ...expr, left: map(expr.left), right: map(expr.right) };
    case 'case':
      return mapCase(expr, mapping);
    case 'extract':
      return { ...expr, from: map(expr.from) };
    case 'interval':
      return { ...expr, amount: map(expr.amount) };
    case 'star':
      return { ...expr, replace: expr.replace.map((item) => mapItem(item, mapping)) };
    case 'access':
      return { ...expr, base: map(expr.base), steps: expr.steps.map((step) => mapStep(step, map)) };
    case 'tuple':
    case 'array':
      return { ...expr, items: expr.items.map(map) };
    case 'struct':
      return { ...expr, fields: expr.fields.map((item) => mapItem(item, mapping)) };
    case 'lambda':
      return { ...expr, body: map(expr.body) };
    case 'opaque':
      return { ...expr, inside: expr.inside.map(map) };
  }
}

type Of<From, K extends ExprOf<From>['kind']> = Extract<ExprOf<From>, { readonly kind: K }>;

function mapCall<From, To>(call: Of<From, 'call'>, mapping: ExprMapping<From, To>): ExprOf<To> {
  const { filter, over, ...rest } = call;
  return {
    ...rest,
    args: call.args.map(mapping.expr),
    orderBy: call.orderBy.map((item) => mapOrderItem(item, mapping)),
    ...(filter === undefined ? {} : { filter: mapping.expr(filter) }),
    ...(over === undefined ? {} : { over: mapWindow(over, mapping) }),
  };
}

function mapChain<From, To>(
  binary: Of<From, 'binary'>,
  mapping: ExprMapping<From, To>,
): ExprOf<To> {
  const chain: Of<From, 'binary'>[] = [binary];
  let first = binary.left;
  while (first.kind === 'binary') {
    chain.push(first);
    first = first.left;
  }
  let left = mapping.expr(first);
  for (const { op, right } of chain.toReversed()) {
    left = { kind: 'binary', op, left, right: mapping.expr(right) };
  }
  return left;
}

function mapCase<From, To>(expr: Of<From, 'case'>, mapping: ExprMapping<From, To>): ExprOf<To> {
  const { operand, otherwise } = expr;
  return {
    kind: 'case',
    ...(operand === undefined ? {} : { operand: mapping.expr(operand) }),
    whens: expr.whens.map(({ when, then }) => ({
      when: mapping.expr(when),
      // oxlint-disable-next-line unicorn/no-thenable -- the IR's own word
      then: mapping.expr(then),
    })),
    ...(otherwise === undefined ? {} : { otherwise: mapping.expr(otherwise) }),
  };
}

function mapStep<From, To>(
  step: AccessStepOf<From>,
  map: ExprMapping<From, To>['expr'],
): AccessStepOf<To> {
  return step.kind === 'field' ? step : { kind: 'index', index: map(step.index) };
}

export function mapItem<From, To>(
  item: SelectItemOf<From>,
  mapping: ExprMapping<From, To>,
): SelectItemOf<To> {
  return { ...item, expr: mapping.expr(item.expr) };
}

export function mapOrderItem<From, To>(
  item: OrderItemOf<From>,
  mapping: ExprMapping<From, To>,
): OrderItemOf<To> {
  return { ...item, expr: mapping.expr(item.expr) };
}

export function mapWindow<From, To>(
  window: WindowOf<From>,
  mapping: ExprMapping<From, To>,
): WindowOf<To> {
  return {
    ...window,
    partitionBy: window.partitionBy.map(mapping.expr),
    orderBy: window.orderBy.map((item) => mapOrderItem(item, mapping)),
  };
}
