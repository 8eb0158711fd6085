import type { BoundExpr, BoundFrom, BoundQuery } from '../sql/bound.ts';
import { expressionsOf, partsOf, someExpr, sourcesOf } from '../sql/normalize/walk.ts';
import type { SchemaIndex } from '../sql/schema-index.ts';

/**
 * Whether a query does anything with a moment that depends on the time zone of the session that asks: its day, its text, a
 * comparison with a plain date. A table made of it would freeze the builder's zone for readers of another one. Errs on
 * the side of yes; a moment that is only passed on, grouped by, counted, compared with another moment or picked by MIN
 * and MAX is the same in every zone.
 */
export function dependsOnZone(query: BoundQuery, schema: SchemaIndex): boolean {
  const zoned = zonedColumns(query, schema);
  const carries = (expr: BoundExpr): boolean =>
    someExpr(expr, (part) => part.kind === 'ref' && zoned.has(keyOf(part.occ, part.column)));
  return expressionsOf(query).some((expr) => someExpr(expr, (part) => usesZone(part, carries)));
}

const ZONED = /timestamptz|timestamp(_tz|_ltz|(\(\d+\))? with (local )?time zone)/i;
const SAME_IN_EVERY_ZONE =
  /^(count|count_if|countif|min|max|coalesce|ifnull|nvl|greatest|least|any_value|first|last|lag|lead|first_value|last_value|arg_min|arg_max|min_by|max_by|row_number|rank|dense_rank)$/;
const COMPARISONS: ReadonlySet<string> = new Set([
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'is distinct from',
  'is not distinct from',
]);
const CONNECTIVES: ReadonlySet<string> = new Set(['and', 'or']);
const PASSED_ON: ReadonlySet<BoundExpr['kind']> = new Set(['is', 'unary', 'in-query', 'tuple']);

function usesZone(expr: BoundExpr, carries: (expr: BoundExpr) => boolean): boolean {
  if (expr.kind === 'literal') {
    return expr.type === 'timestamptz';
  }
  if (expr.kind === 'cast' && ZONED.test(expr.type)) {
    return true;
  }
  if (!partsOf(expr).some(carries)) {
    return false;
  }
  if (expr.kind === 'call') {
    return !SAME_IN_EVERY_ZONE.test(expr.name) && expr.args.some(carries);
  }
  if (expr.kind === 'binary') {
    return COMPARISONS.has(expr.op)
      ? !(carries(expr.left) && carries(expr.right))
      : !CONNECTIVES.has(expr.op);
  }
  if (expr.kind === 'between') {
    return !(carries(expr.operand) && carries(expr.low) && carries(expr.high));
  }
  return expr.kind === 'case'
    ? expr.operand !== undefined && carries(expr.operand)
    : !PASSED_ON.has(expr.kind);
}

/** Columns of any source, at any depth, that hold or may hold a moment with a zone; over-wide where in doubt. */
function zonedColumns(query: BoundQuery, schema: SchemaIndex): ReadonlySet<string> {
  const zoned = new Set<string>();
  const sources = sourcesOf(query);
  let before = -1;
  while (zoned.size > before) {
    before = zoned.size;
    for (const from of sources) {
      for (const column of zonedIn(from, { zoned, schema })) {
        zoned.add(column);
      }
    }
  }
  return zoned;
}

function zonedIn(
  from: BoundFrom,
  { zoned, schema }: { readonly zoned: ReadonlySet<string>; readonly schema: SchemaIndex },
): readonly string[] {
  switch (from.kind) {
    case 'table':
      return (schema.relationOf(from.relation)?.columns ?? [])
        .filter(({ type }) => ZONED.test(type))
        .map(({ name }) => keyOf(from.occ, name));
    case 'derived':
      return from.columns
        .filter((_, at) => outputsAt(from.query, at).some((expr) => carriesOut(expr, zoned)))
        .map((column) => keyOf(from.occ, column));
    case 'function':
      return from.args.some((arg) => carriesOut(arg, zoned))
        ? from.columns.map((column) => keyOf(from.occ, column))
        : [];
    case 'opaque-from':
      return from.sources.some((source) => zonedIn(source, { zoned, schema }).length > 0)
        ? from.columns.map((column) => keyOf(from.occ, column))
        : [];
    case 'join':
    case 'recursive':
      return [];
  }
}

/** What stands at one place of a query's output: one expression a branch. */
function outputsAt({ body }: BoundQuery, at: number): readonly BoundExpr[] {
  switch (body.kind) {
    case 'select':
      return body.items.slice(at, at + 1).map(({ expr }) => expr);
    case 'set':
      return [...outputsAt(body.left, at), ...outputsAt(body.right, at)];
    case 'values':
      return body.rows.flatMap((row) => row.slice(at, at + 1));
    case 'opaque-query':
      return [];
  }
}

/** Counts and tests are made of moments, but are none. */
function carriesOut(expr: BoundExpr, zoned: ReadonlySet<string>): boolean {
  if (
    expr.kind === 'is' ||
    (expr.kind === 'call' && /^(count|row_number|.*rank)$/.test(expr.name))
  ) {
    return false;
  }
  return someExpr(expr, (part) => part.kind === 'ref' && zoned.has(keyOf(part.occ, part.column)));
}

function keyOf(occ: number, column: string): string {
  return `${occ}/${column.toLowerCase()}`;
}
