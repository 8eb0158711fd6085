import type { BoundBody, BoundExpr, BoundFrom, BoundOrderItem, BoundQuery } from '../bound.ts';
import type { WindowOf } from '../ir.ts';

type BoundWindow = WindowOf<BoundQuery>;

/**
 * Rebuilds an expression top down: where `replace` gives something, that stands and is not entered;
 * otherwise its parts are rebuilt, those of queries inside it too (their refs may be correlated).
 */
export function replaceIn(
  expr: BoundExpr,
  replace: (expr: BoundExpr) => BoundExpr | undefined,
): BoundExpr {
  const replaced = replace(expr);
  if (replaced !== undefined) {
    return replaced;
  }
  const go = (part: BoundExpr): BoundExpr => replaceIn(part, replace);
  switch (expr.kind) {
    case 'column':
    case 'ref':
    case 'literal':
    case 'parameter':
      return expr;
    case 'call':
      return {
        ...expr,
        args: expr.args.map(go),
        orderBy: expr.orderBy.map((item) => ({ ...item, expr: go(item.expr) })),
        ...(expr.filter === undefined ? {} : { filter: go(expr.filter) }),
        ...(expr.over === undefined ? {} : { over: replaceInWindow(expr.over, go) }),
      };
    case 'binary':
    case 'quantified':
      return { ...expr, left: go(expr.left), right: go(expr.right) };
    case 'unary':
    case 'is':
    case 'cast':
      return { ...expr, operand: go(expr.operand) };
    case 'in-query':
      return { ...expr, operand: go(expr.operand), query: replaceInQuery(expr.query, replace) };
    case 'exists':
    case 'subquery':
      return { ...expr, query: replaceInQuery(expr.query, replace) };
    case 'between':
      return { ...expr, operand: go(expr.operand), low: go(expr.low), high: go(expr.high) };
    case 'in-list':
      return { ...expr, operand: go(expr.operand), list: expr.list.map(go) };
    case 'case':
      return {
        kind: 'case',
        // oxlint-disable-next-line unicorn/no-thenable -- the IR's word for what a branch gives
        whens: expr.whens.map((arm) => ({ when: go(arm.when), then: go(arm.then) })),
        ...(expr.operand === undefined ? {} : { operand: go(expr.operand) }),
        ...(expr.otherwise === undefined ? {} : { otherwise: go(expr.otherwise) }),
      };
    case 'extract':
      return { ...expr, from: go(expr.from) };
    case 'interval':
      return { ...expr, amount: go(expr.amount) };
    case 'star':
      return { ...expr, replace: expr.replace.map((item) => ({ ...item, expr: go(item.expr) })) };
    case 'access':
      return {
        ...expr,
        base: go(expr.base),
        steps: expr.steps.map((step) =>
          step.kind === 'index' ? { kind: 'index', index: go(step.index) } : step,
        ),
      };
    case 'tuple':
    case 'array':
      return { ...expr, items: expr.items.map(go) };
    case 'struct':
      return { ...expr, fields: expr.fields.map((field) => ({ ...field, expr: go(field.expr) })) };
    case 'lambda':
      return { ...expr, body: go(expr.body) };
    case 'opaque':
      return { ...expr, inside: expr.inside.map(go) };
  }
}

function replaceInWindow(window: BoundWindow, go: (expr: BoundExpr) => BoundExpr): BoundWindow {
  return {
    ...window,
    partitionBy: window.partitionBy.map(go),
    orderBy: window.orderBy.map((item) => ({ ...item, expr: go(item.expr) })),
  };
}

/** As `replaceIn`, for all expressions of a query. */
export function replaceInQuery(
  query: BoundQuery,
  replace: (expr: BoundExpr) => BoundExpr | undefined,
): BoundQuery {
  const go = (expr: BoundExpr): BoundExpr => replaceIn(expr, replace);
  return {
    ...query,
    body: replaceInBody(query.body, replace),
    orderBy: query.orderBy.map((item): BoundOrderItem => ({ ...item, expr: go(item.expr) })),
    ...(query.limit === undefined ? {} : { limit: go(query.limit) }),
    ...(query.offset === undefined ? {} : { offset: go(query.offset) }),
  };
}

/** As `replaceIn`, for all expressions of a body. */
export function replaceInBody(
  body: BoundBody,
  replace: (expr: BoundExpr) => BoundExpr | undefined,
): BoundBody {
  const go = (expr: BoundExpr): BoundExpr => replaceIn(expr, replace);
  switch (body.kind) {
    case 'select':
      return {
        ...body,
        items: body.items.map((item) => ({ ...item, expr: go(item.expr) })),
        ...(body.from === undefined ? {} : { from: replaceInFrom(body.from, replace) }),
        ...(body.distinct === undefined || body.distinct === 'all'
          ? {}
          : { distinct: body.distinct.map(go) }),
        ...(body.where === undefined ? {} : { where: go(body.where) }),
        ...(body.groupBy === undefined
          ? {}
          : { groupBy: { ...body.groupBy, exprs: body.groupBy.exprs.map(go) } }),
        ...(body.having === undefined ? {} : { having: go(body.having) }),
        ...(body.qualify === undefined ? {} : { qualify: go(body.qualify) }),
      };
    case 'set':
      return {
        ...body,
        left: replaceInQuery(body.left, replace),
        right: replaceInQuery(body.right, replace),
      };
    case 'values':
      return { ...body, rows: body.rows.map((row) => row.map(go)) };
    case 'opaque-query':
      return body;
  }
}

function replaceInFrom(
  from: BoundFrom,
  replace: (expr: BoundExpr) => BoundExpr | undefined,
): BoundFrom {
  const go = (expr: BoundExpr): BoundExpr => replaceIn(expr, replace);
  switch (from.kind) {
    case 'table':
    case 'recursive':
      return from;
    case 'derived':
      return { ...from, query: replaceInQuery(from.query, replace) };
    case 'function':
      return { ...from, args: from.args.map(go) };
    case 'join':
      return {
        ...from,
        left: replaceInFrom(from.left, replace),
        right: replaceInFrom(from.right, replace),
        ...(from.on === undefined ? {} : { on: go(from.on) }),
      };
    case 'opaque-from':
      return {
        ...from,
        inside: from.inside.map(go),
        sources: from.sources.map((source) => replaceInFrom(source, replace)),
      };
  }
}
