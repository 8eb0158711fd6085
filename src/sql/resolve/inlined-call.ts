import type { Expr } from '../ir.ts';
import type { SchemaIndex } from '../schema-index.ts';
import { mapParts } from './map-expr.ts';

type Call = Extract<Expr, { readonly kind: 'call' }>;

/**
 * What a call of a function that is written in SQL stands for: its body, the arguments in the place of its parameters. Undefined
 * for all other calls, and for those the engine refuses (DISTINCT, FILTER, ORDER BY) or reads otherwise (OVER).
 */
export function inlinedCall(call: Call, schema: SchemaIndex): Expr | undefined {
  const found = schema.functionNamed(call.name);
  const isPlain =
    !call.distinct &&
    call.filter === undefined &&
    call.over === undefined &&
    call.orderBy.length === 0 &&
    call.modifiers.length === 0 &&
    call.args.every(({ kind }) => kind !== 'star');
  if (found === undefined || !isPlain || found.parameters.length !== call.args.length) {
    return undefined;
  }
  const values = new Map(found.parameters.map((name, at) => [name, call.args[at]]));
  return withValues(found.body, values);
}

function withValues(expr: Expr, values: ReadonlyMap<string, Expr | undefined>): Expr {
  if (expr.kind === 'column') {
    return values.get(expr.path[0]?.name.toLowerCase() ?? '') ?? expr;
  }
  return mapParts(expr, { expr: (part) => withValues(part, values), query: (query) => query });
}
