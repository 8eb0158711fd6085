import type { BoundExpr, BoundQuery } from '../bound.ts';
import { isAggregate, isDetermined, isTieFree, natureOf } from './functions.ts';
import { expressionsOf, partsOf, queryIn, refsIn, someExpr, sourcesOf } from './walk.ts';

/**
 * What an expression does that a block cannot say; each forbids all but exact reuse, and those that begin with
 * `not unique` or `volatile` forbid that too.
 */
export function barriersIn(expr: BoundExpr): readonly string[] {
  return barriersWithin(expr, undefined);
}

/** What is known of the outermost query inside an expression: queries in it need not be gone through again. */
interface Around {
  readonly aggregates: boolean;
}

function barriersWithin(expr: BoundExpr, around: Around | undefined): readonly string[] {
  const query = queryIn(expr);
  return [
    ...ownBarriers(expr),
    ...(query === undefined ? [] : queryBarriers(query, around)),
    ...partsOf(expr).flatMap((part) => barriersWithin(part, around)),
  ];
}

function queryBarriers(query: BoundQuery, around: Around | undefined): readonly string[] {
  const here = around ?? {
    aggregates: expressionsOf(query).some((expr) => someExpr(expr, isAggregate)),
  };
  const isLimited = around === undefined ? isCut(query) : cutsItsRows(query);
  return [
    ...expressionsOf(query).flatMap((part) =>
      barriersWithin(part, here).filter((barrier) => barrier !== 'window'),
    ),
    ...(around === undefined ? sourceBarriers(query) : []),
    ...(isLimited ? ['not unique: limit inside a subquery'] : []),
    ...(here.aggregates && aggregatesOuter(query)
      ? ['opaque expression: an aggregate of outer columns']
      : []),
  ];
}

/** True when an aggregate stands inside a subquery and, by its columns, belongs to a query around it. */
function aggregatesOuter(query: BoundQuery): boolean {
  const own = new Set(sourcesOf(query).flatMap((from) => (from.kind === 'join' ? [] : [from.occ])));
  return expressionsOf(query).some((expr) =>
    someExpr(expr, (part) => {
      const refs = isAggregate(part) ? refsIn(part) : [];
      return refs.length > 0 && !refs.some((ref) => own.has(ref.occ));
    }),
  );
}

function ownBarriers(expr: BoundExpr): readonly string[] {
  if (expr.kind === 'opaque') {
    return [`opaque expression: ${expr.because}`];
  }
  if (expr.kind === 'column') {
    return ['unresolved column'];
  }
  if (expr.kind === 'star') {
    return [];
  }
  if (expr.kind === 'lambda') {
    return ['lambda'];
  }
  if (expr.kind !== 'call') {
    return [];
  }
  if (expr.over !== undefined) {
    return [
      isTieFree(expr) ? 'window' : `not unique: window ${expr.name} depends on how ties are broken`,
    ];
  }
  const nature = natureOf(expr.name);
  if (nature === 'volatile' || nature === 'session') {
    return [`volatile: ${nature} function ${expr.name}`];
  }
  if (nature === 'unknown') {
    return [`volatile: unknown function ${expr.name}`];
  }
  if (isAggregate(expr)) {
    return isDetermined(expr) ? [] : [`not unique: aggregate ${expr.name} depends on row order`];
  }
  return [];
}

/** What the sources of a query do that no row of a table tells: samples, files, generators nobody knows. */
export function sourceBarriers(query: BoundQuery): readonly string[] {
  return sourcesOf(query).flatMap((from) => {
    if (from.kind === 'table' && from.modifiers.length > 0) {
      return ['volatile: sampling or time travel'];
    }
    return from.kind === 'function' && !DETERMINED_SOURCES.has(from.name)
      ? [`volatile: table function ${from.name}`]
      : [];
  });
}

const DETERMINED_SOURCES = new Set(['unnest', 'generate_series', 'range', 'flatten', 'explode']);

/** True when a limit stands anywhere in a query that is only compared as a whole. */
export function isCut(query: BoundQuery): boolean {
  return (
    cutsItsRows(query) ||
    sourcesOf(query).some((from) => from.kind === 'derived' && cutsItsRows(from.query))
  );
}

/** Whether a limit, or a DISTINCT ON, stands in the query itself or in a side of its set operations. */
function cutsItsRows({ body, limit, offset }: BoundQuery): boolean {
  if (limit !== undefined || offset !== undefined) {
    return true;
  }
  if (body.kind === 'set') {
    return cutsItsRows(body.left) || cutsItsRows(body.right);
  }
  return body.kind === 'select' && body.distinct !== undefined && body.distinct !== 'all';
}
