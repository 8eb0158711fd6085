import type { RelationId } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import type { OnCost } from '../prove/metered.ts';

/** Thread time of a cycle's own looking, by the relation it was about. */
export interface Overhead {
  readonly onCost: OnCost;
  /** What each standing mart pays of it, in milliseconds; together all of it. */
  sharesOf(marts: readonly Mart[]): ReadonlyMap<RelationId, number>;
}

/**
 * Receipts are net of everything, so the marts that stand pay for what a cycle's looking cost, by what caused it: looking at a
 * mart is that mart's, looking at a table is shared by the marts computed from it, and what is about no mart's table
 * (the ledger, the catalog, the facts of a candidate's) is shared by all.
 */
export function openOverhead(): Overhead {
  const spent = new Map<RelationId | undefined, number>();
  return {
    onCost(_purpose, { cpuMs }, about) {
      spent.set(about, (spent.get(about) ?? 0) + cpuMs);
    },
    sharesOf(marts) {
      const standing = marts.filter(({ stage }) => stage === 'physical');
      const shares = new Map<RelationId, number>();
      for (const [about, cpuMs] of spent) {
        const payers = payersOf(about, standing);
        for (const { definition } of payers) {
          const before = shares.get(definition.relation) ?? 0;
          shares.set(definition.relation, before + cpuMs / payers.length);
        }
      }
      return shares;
    },
  };
}

/** Everybody, where nobody in particular. */
function payersOf(about: RelationId | undefined, standing: readonly Mart[]): readonly Mart[] {
  if (about === undefined) {
    return standing;
  }
  const own = standing.filter(({ definition }) => definition.relation === about);
  const readers = standing.filter(({ definition }) => definition.sources.includes(about));
  return [own, readers].find((some) => some.length > 0) ?? standing;
}
