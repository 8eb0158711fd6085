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
  const found: BoundFrom[] = [];
  addSources(query, found);
  return found;
}

/** Into one list: lists of lists would be copied at each level of a deep query. */
function addSources(query: BoundQuery, found: BoundFrom[]): void {
  addFromBody(query.body, found);
  for (const expr of expressionsOf(query)) {
    addFromInside(expr, found);
  }
}

function addFromInside(expr: BoundExpr, found: BoundFrom[]): void {
  const query = queryIn(expr);
  if (query !== undefined) {
    addSources(query, found);
  }
  for (const part of partsOf(expr)) {
    addFromInside(part, found);
  }
}

function addFromBody(body: BoundBody, found: BoundFrom[]): void {
  if (body.kind === 'select' && body.from !== undefined) {
    addFrom(body.from, found);
  } else if (body.kind === 'set') {
    addFromBody(body.left.body, found);
    addFromBody(body.right.body, found);
  }
}

function addFrom(from: BoundFrom, found: BoundFrom[]): void {
  switch (from.kind) {
    case 'derived':
      found.push(from);
      addFromBody(from.query.body, found);
      break;
    case 'join':
      addFrom(from.left, found);
      addFrom(from.right, found);
      break;
    case 'opaque-from':
      found.push(from);
      from.sources.forEach((source) => addFrom(source, found));
      break;
    case 'table':
    case 'recursive':
    case 'function':
      found.push(from);
      break;
  }
}
