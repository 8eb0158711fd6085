import type { BoundBody, BoundExpr, BoundFrom, BoundQuery } from '../bound.ts';

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
