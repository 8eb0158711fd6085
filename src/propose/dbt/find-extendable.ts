import { wholeKey } from '../../sql/match/whole-key.ts';
import type { Block, NormalQuery } from '../../sql/normal-query.ts';

export interface Missing {
  readonly name: string;
  readonly expr: Block['items'][number]['expr'];
}

export type Comparison =
  /** Its rows are the same rows, and it has all columns but these. */
  | { readonly kind: 'lacks'; readonly missing: readonly Missing[] }
  | {
      readonly kind: 'has all';
      /** Of each wanted column the one that is the same. */
      readonly names: readonly { readonly wanted: string; readonly model: string }[];
    }
  | { readonly kind: 'other' };

/**
 * Compares what is wanted with what a model gives: the same sources, conditions and groups, and perhaps fewer columns. Columns
 * are the same where their arithmetic is, whatever they are called.
 */
export function compareToModel(wanted: NormalQuery, model: NormalQuery): Comparison {
  const [asked, given] = [blockOf(wanted), blockOf(model)];
  if (asked === undefined || given === undefined || keyWith(asked, []) !== keyWith(given, [])) {
    return { kind: 'other' };
  }
  const known = new Map(
    given.items.map((item, at) => [keyWith(given, [item]), model.outputs[at] ?? item.name]),
  );
  const all = asked.items.map((item, at) => ({
    name: wanted.outputs[at] ?? item.name,
    expr: item.expr,
    as: known.get(keyWith(asked, [item])),
  }));
  const missing = all.filter((each) => each.as === undefined);
  return missing.length === 0
    ? {
        kind: 'has all',
        names: all.map(({ name, as = name }) => ({ wanted: name, model: as })),
      }
    : { kind: 'lacks', missing: missing.map(({ name, expr }) => ({ name, expr })) };
}

/** One select whose rows do not depend on which columns it lists. */
function blockOf({ body, limit, offset }: NormalQuery): Block | undefined {
  const isWhole = body.kind === 'block' && limit === undefined && offset === undefined;
  return isWhole && !body.block.distinct && body.block.barriers.length === 0
    ? body.block
    : undefined;
}

function keyWith(block: Block, items: Block['items']): string {
  return wholeKey({
    body: { kind: 'block', block: { ...block, items } },
    outputs: items.map(({ name }) => name),
    orderBy: [],
  });
}
