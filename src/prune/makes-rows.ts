import type { BoundExpr } from '../sql/bound.ts';
import { barriersIn } from '../sql/normalize/barriers.ts';
import { nodesOf } from '../sql/resolve/walk-expr.ts';

/** Functions that stand in a select list and make one row for each element. */
const MAKES_ROWS =
  /^(unnest|flatten|stack|inline(_outer)?|(pos)?explode(_outer)?|generate_(series|subscripts|array)|regexp_(matches|split_to_table)|string_to_table|jsonb?_(array_elements(_text)?|each(_text)?|object_keys|populate_recordset|to_recordset))$/;

/** Whether leaving an item out of a select list would leave rows out. */
export function makesRows(expr: BoundExpr): boolean {
  return [...nodesOf(expr)].some(
    (node) => node.kind === 'call' && MAKES_ROWS.test(node.name.split('.').at(-1) ?? ''),
  );
}

/** Whether an item may do so: it calls what nobody knows, or is not understood. */
export function mayMakeRows(expr: BoundExpr): boolean {
  return barriersIn(expr).some((barrier) =>
    /^(volatile: unknown function|opaque expression)/.test(barrier),
  );
}
