import type { BoundBody, BoundExpr, BoundFrom, BoundOrderItem, BoundQuery } from '../bound.ts';
import type { WindowOf } from '../ir.ts';

type BoundWindow = WindowOf<BoundQuery>;
export type Ref = Extract<BoundExpr, { kind: 'ref' }>;
export type Call = Extract<BoundExpr, { kind: 'call' }>;

/** The direct parts of an expression, queries inside it not entered. */
export function partsOf(expr: BoundExpr): readonly BoundExpr[] {
  switch (expr.kind) {
    case 'column':
    case 'ref':
    case 'literal':
    case 'parameter':
    case 'exists':
    case 'subquery':
      return [];
    case 'call':
      return [
        ...expr.args,
        ...(expr.filter === undefined ? [] : [expr.filter]),
        ...expr.orderBy.map((item) => item.expr),
        ...(expr.over === undefined
          ? []
          : [...expr.over.partitionBy, ...expr.over.orderBy.map((item) => item.expr)]),
      ];
    case 'binary':
    case 'quantified':
      return [expr.left, expr.right];
    case 'unary':
    case 'is':
    case 'cast':
    case 'in-query':
      return [expr.operand];
    case 'between':
      return [expr.operand, expr.low, expr.high];
    case 'in-list':
      return [expr.operand, ...expr.list];
    case 'case':
      return [
        ...(expr.operand === undefined ? [] : [expr.operand]),
        ...expr.whens.flatMap((arm) => [arm.when, arm.then]),
        ...(expr.otherwise === undefined ? [] : [expr.otherwise]),
      ];
    case 'extract':
      return [expr.from];
    case 'interval':
      return [expr.amount];
    case 'star':
      return expr.replace.map((item) => item.expr);
    case 'access':
      return [
        expr.base,
        ...expr.steps.flatMap((step) => (step.kind === 'index' ? [step.index] : [])),
      ];
    case 'tuple':
    case 'array':
      return expr.items;
    case 'struct':
      return expr.fields.map((field) => field.expr);
    case 'lambda':
      return [expr.body];
    case 'opaque':
      return expr.inside;
  }
}

/** The query an expression holds itself, if it holds one. */
export function queryIn(expr: BoundExpr): BoundQuery | undefined {
  return expr.kind === 'exists' || expr.kind === 'subquery' || expr.kind === 'in-query'
    ? expr.query
    : undefined;
}

/** True when the expression or anything in it passes, queries inside it included. */
export function someExpr(expr: BoundExpr, passes: (expr: BoundExpr) => boolean): boolean {
  if (passes(expr)) {
    return true;
  }
  if (partsOf(expr).some((part) => someExpr(part, passes))) {
    return true;
  }
  const query = queryIn(expr);
  return query !== undefined && expressionsOf(query).some((inner) => someExpr(inner, passes));
}

/** Every ref in the expression, correlated ones inside its queries included. */
export function refsIn(expr: BoundExpr): readonly Ref[] {
  const refs: Ref[] = [];
  someExpr(expr, (inner) => {
    if (inner.kind === 'ref') {
      refs.push(inner);
    }
    return false;
  });
  return refs;
}

/** All expressions of a query at any depth of its sources, in reading order. */
export function expressionsOf(query: BoundQuery): readonly BoundExpr[] {
  return [
    ...expressionsOfBody(query.body),
    ...query.orderBy.map((item) => item.expr),
    ...(query.limit === undefined ? [] : [query.limit]),
    ...(query.offset === undefined ? [] : [query.offset]),
  ];
}

/** As `expressionsOf`, of a body alone. */
export function expressionsOfBody(body: BoundBody): readonly BoundExpr[] {
  switch (body.kind) {
    case 'select':
      return [
        ...body.items.map((item) => item.expr),
        ...(body.from === undefined ? [] : expressionsOfFrom(body.from)),
        ...(body.distinct === undefined || body.distinct === 'all' ? [] : body.distinct),
        ...(body.where === undefined ? [] : [body.where]),
        ...(body.groupBy?.exprs ?? []),
        ...(body.having === undefined ? [] : [body.having]),
        ...(body.qualify === undefined ? [] : [body.qualify]),
      ];
    case 'set':
      return [...expressionsOf(body.left), ...expressionsOf(body.right)];
    case 'values':
      return body.rows.flat();
    case 'opaque-query':
      return [];
  }
}

function expressionsOfFrom(from: BoundFrom): readonly BoundExpr[] {
  switch (from.kind) {
    case 'table':
    case 'recursive':
      return [];
    case 'derived':
      return expressionsOf(from.query);
    case 'function':
      return from.args;
    case 'join':
      return [
        ...expressionsOfFrom(from.left),
        ...expressionsOfFrom(from.right),
        ...(from.on === undefined ? [] : [from.on]),
      ];
    case 'opaque-from':
      return [...from.inside, ...from.sources.flatMap(expressionsOfFrom)];
  }
}

/** All sources of a query at any depth, those of queries inside expressions included. */
export function sourcesOf(query: BoundQuery): readonly BoundFrom[] {
  return [
    ...sourcesOfBody(query.body),
    ...expressionsOf(query).flatMap((expr) => sourcesInside(expr)),
  ];
}

function sourcesInside(expr: BoundExpr): readonly BoundFrom[] {
  const query = queryIn(expr);
  return [
    ...(query === undefined ? [] : sourcesOf(query)),
    ...partsOf(expr).flatMap(sourcesInside),
  ];
}

function sourcesOfBody(body: BoundBody): readonly BoundFrom[] {
  switch (body.kind) {
    case 'select':
      return body.from === undefined ? [] : sourcesOfFrom(body.from);
    case 'set':
      return [...sourcesOfBody(body.left.body), ...sourcesOfBody(body.right.body)];
    case 'values':
    case 'opaque-query':
      return [];
  }
}

function sourcesOfFrom(from: BoundFrom): readonly BoundFrom[] {
  switch (from.kind) {
    case 'derived':
      return [from, ...sourcesOfBody(from.query.body)];
    case 'join':
      return [...sourcesOfFrom(from.left), ...sourcesOfFrom(from.right)];
    case 'opaque-from':
      return [from, ...from.sources.flatMap(sourcesOfFrom)];
    case 'table':
    case 'recursive':
    case 'function':
      return [from];
  }
}

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
