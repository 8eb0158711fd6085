import type { BoundExpr } from '../bound.ts';
import type { Block, NormalQuery } from '../normal-query.ts';
import { barriersIn } from '../normalize/barriers.ts';
import { isFrozen, onOf, readsZone } from './certain.ts';
import type { ColumnTypes } from './column-types.ts';
import { sourcesOfTree } from './column-types.ts';
import { listsDistinct } from './roll-up-distinct.ts';

/**
 * `whole`: good where the very definition is asked for (a window); `set`: a list of distinct values, good for what its
 * order does not change; `never`: another value each time.
 */
export type Looseness = 'whole' | 'set' | 'never';

export interface Settled {
  /** The definition without those outputs. */
  readonly query: NormalQuery;
  /** Outputs that say nothing of their own to a block, by position. */
  readonly loose: ReadonlyMap<number, Looseness>;
}

/**
 * A mart's definition without the outputs that are not settled by its rows: `now() as built_at`, a window, an `any_value`.
 * Such an output spoils its own column only, as long as it decides neither which rows nor which groups there are.
 */
export function settledPart(query: NormalQuery, types: ColumnTypes): Settled {
  const { body } = query;
  const isCut = query.limit !== undefined || query.offset !== undefined;
  if (body.kind !== 'block' || body.block.distinct || isCut) {
    return { query, loose: new Map() };
  }
  const { block } = body;
  const scope = { types, sources: sourcesOfTree(block.from) };
  const loose = new Map<number, Looseness>();
  for (const [index, { expr }] of block.items.entries()) {
    const barriers = barriersIn(expr);
    const isKnown = barriers.every((barrier) => SPOILS_ITS_COLUMN.test(barrier));
    if (!isKnown) {
      continue;
    }
    const isMomentary = isFrozen(expr) || readsZone(expr, scope);
    if (!isMomentary && listsDistinct(expr)) {
      loose.set(index, 'set');
    } else if (isMomentary || barriers.some((barrier) => barrier !== 'window')) {
      loose.set(index, 'never');
    } else if (barriers.length > 0) {
      loose.set(index, 'whole');
    }
  }
  const isSilent = loose.size === block.items.length;
  return loose.size === 0 || isSilent
    ? { query, loose: new Map() }
    : { query: without(query, { block, loose }), loose };
}

/** An unknown function may multiply rows, or aggregate them. */
const SPOILS_ITS_COLUMN = /^(window$|not unique|volatile: (volatile|session) function)/;

function without(
  query: NormalQuery,
  { block, loose }: { readonly block: Block; readonly loose: ReadonlyMap<number, Looseness> },
): NormalQuery {
  const items = block.items.filter((_item, index) => !loose.has(index));
  const exprs: readonly BoundExpr[] = [
    ...items.map((item) => item.expr),
    ...block.where,
    ...block.having,
    ...(block.groupBy ?? []),
    ...onOf(block.from),
  ];
  const barriers = [...new Set(exprs.flatMap(barriersIn))];
  return { ...query, orderBy: [], body: { kind: 'block', block: { ...block, items, barriers } } };
}
