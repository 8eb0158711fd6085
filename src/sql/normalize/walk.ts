import type { BoundBody, BoundExpr, BoundFrom, BoundQuery } from '../bound.ts';
import { partsOf, queryIn } from '../resolve/walk-expr.ts';

export type Ref = Extract<BoundExpr, { kind: 'ref' }>;
export type Call = Extract<BoundExpr, { kind: 'call' }>;

export { partsOf, queryIn };

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
