import type { BoundExpr } from '../bound.ts';
import type { Call } from '../normalize/walk.ts';

/** `count(x)`, or `count()` of all rows. */
export function countOf(argument: BoundExpr | undefined): Call {
  return {
    kind: 'call',
    name: 'count',
    args: argument === undefined ? [] : [argument],
    distinct: false,
    orderBy: [],
    modifiers: [],
  };
}

/** A plain aggregate of one argument. */
export function aggregate(name: string, argument: BoundExpr): Call {
  return { kind: 'call', name, args: [argument], distinct: false, orderBy: [], modifiers: [] };
}

/** A plain call. */
export function call(name: string, args: readonly BoundExpr[]): Call {
  return { kind: 'call', name, args, distinct: false, orderBy: [], modifiers: [] };
}
