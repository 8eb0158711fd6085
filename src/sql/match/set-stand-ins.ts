import type { Expr } from '../ir.ts';
import { isAggregate, natureOf } from '../normalize/functions.ts';
import { nodesOf } from '../resolve/walk-expr.ts';
import type { SchemaFunction, SchemaSnapshot } from '../schema.ts';

const MAKE_SETS = new Set(['bitmap_union', 'bitmap_agg', 'hll_union', 'hll_raw_agg']);
const COUNT_SETS = new Set([
  'bitmap_union_count',
  'hll_union_agg',
  'multi_distinct_count',
  'approx_count_distinct',
  'ndv',
]);
const OF_VALUES = new Set([
  'to_bitmap',
  'bitmap_hash',
  'bitmap_hash64',
  'bitmap_count',
  'hll_hash',
  'hll_cardinality',
]);

/**
 * The ways to read functions written in SQL that stand in for another engine's bitmaps and sketches: first as these, sets
 * whose order means nothing, then as the lists and counts they are. Either is right for what stands in as expected; all other
 * functions are always read as what they are.
 */
export function readingsOf(schema: SchemaSnapshot): readonly [SchemaSnapshot, ...SchemaSnapshot[]] {
  const { functions = [] } = schema;
  const others = functions.filter((each) => !isSetStandIn(each));
  return others.length === functions.length ? [schema] : [{ ...schema, functions: others }, schema];
}

/** Whether a function's body means what its name says of bitmaps and sketches. */
export function isSetStandIn({ name, parameters, body }: SchemaFunction): boolean {
  if (parameters.length !== 1) {
    return false;
  }
  if (MAKE_SETS.has(name)) {
    return isDistinct(body, ['list', 'array_agg']);
  }
  if (COUNT_SETS.has(name)) {
    return isDistinct(body, ['count']);
  }
  return OF_VALUES.has(name) && [...nodesOf(body)].every(isOfItsArgument);
}

/** `name(distinct parameter)`. */
function isDistinct(body: Expr, names: readonly string[]): boolean {
  return (
    body.kind === 'call' &&
    names.includes(body.name) &&
    body.distinct &&
    body.args.length === 1 &&
    body.args[0]?.kind === 'column' &&
    body.filter === undefined &&
    body.orderBy.length === 0 &&
    body.modifiers.length === 0
  );
}

function isOfItsArgument(node: Expr): boolean {
  if (node.kind === 'call') {
    return natureOf(node.name) === 'immutable' && !isAggregateNamed(node.name);
  }
  return node.kind === 'column' || node.kind === 'literal' || node.kind === 'cast';
}

function isAggregateNamed(name: string): boolean {
  return isAggregate({ kind: 'call', name, args: [], distinct: false, orderBy: [], modifiers: [] });
}
