import type { BoundExpr } from '../bound.ts';
import { replaceIn } from '../normalize/replace-in.ts';
import { occurrencesIn } from './cluster.ts';
import type { PromotedSide } from './compensate.ts';
import type { Embedding, Promotion } from './embed.ts';

/** Rewrites a mart's expressions over the query's sources, where they are mapped. */
export function renamer({ occurrences }: Embedding): (expr: BoundExpr) => BoundExpr {
  return (expr) =>
    replaceIn(expr, (part) => {
      const occ = part.kind === 'ref' ? occurrences.get(part.occ) : undefined;
      return part.kind === 'ref' && occ !== undefined ? { ...part, occ } : undefined;
    });
}

/** As `renamer`, for a column named `occurrence.column`. */
export function renameColumn(name: string, { occurrences }: Embedding): string {
  const dot = name.indexOf('.');
  const occ = Number(name.slice(0, dot));
  return `${occurrences.get(occ) ?? occ}${name.slice(dot)}`;
}

/** A side of an outer join of the mart over the query's sources. */
export function renamePromotion(
  { on, right }: Promotion,
  rename: (expr: BoundExpr) => BoundExpr,
  { occurrences }: Embedding,
): PromotedSide {
  return {
    on: on.map(rename),
    right: new Set(occurrencesIn(right).map((occ) => occurrences.get(occ) ?? occ)),
    cluster: {
      leaves: right.leaves.map((leaf) =>
        leaf.kind === 'table' ? { ...leaf, occ: occurrences.get(leaf.occ) ?? leaf.occ } : leaf,
      ),
      satellites: [],
    },
  };
}
