import type { BoundExpr } from '../bound.ts';
import { replaceIn } from '../normalize/replace-in.ts';
import type { Satellite } from './cluster.ts';
import { occurrencesIn } from './cluster.ts';
import type { PromotedJoin } from './compensate.ts';
import type { Embedding } from './embed.ts';

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

/** A left join of the mart over the query's sources. */
export function renameSatellite(
  satellite: Satellite,
  rename: (expr: BoundExpr) => BoundExpr,
  { occurrences }: Embedding,
): PromotedJoin {
  return {
    on: satellite.on.map(rename),
    right: new Set(occurrencesIn(satellite.right).map((occ) => occurrences.get(occ) ?? occ)),
    cluster: {
      leaves: satellite.right.leaves.map((leaf) =>
        leaf.kind === 'table' ? { ...leaf, occ: occurrences.get(leaf.occ) ?? leaf.occ } : leaf,
      ),
      satellites: [],
    },
  };
}
