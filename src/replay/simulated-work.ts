import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { MartEstimate } from '../cost/estimate.ts';
import type { PriceEntry } from '../cost/price-list.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import type { Mart } from '../marts/mart.ts';
import type { WorkDone } from '../marts/receipt.ts';
import type { Plan } from '../plan/plan.ts';

export interface SimulatedWork {
  /** Work on the marts that stand, since they do. */
  readonly done: readonly WorkDone[];
  /** Thread time a day of looking whether sources changed, by mart, as estimated when it was built. */
  readonly watching: ReadonlyMap<RelationId, number>;
}

export const noWork: SimulatedWork = { done: [], watching: new Map() };

export interface WorkParts {
  readonly now: EpochMs;
  readonly plan: Plan;
  /** Before the plan. */
  readonly stood: readonly Mart[];
  readonly marts: readonly Mart[];
  readonly estimates: ReadonlyMap<RelationId, MartEstimate>;
  readonly price: PriceEntry;
}

/**
 * What builds, refreshes and watching would have taken, as estimated: the decision lets go of a mart by what it cost to
 * keep, and would take a mart nobody worked on for a free one.
 */
export function workAfter(before: SimulatedWork, parts: WorkParts): SimulatedWork {
  const { now, plan, stood, marts, estimates, price } = parts;
  const isPhysical = ({ stage }: Mart) => stage === 'physical';
  const standing = new Set(marts.filter(isPhysical).map(({ definition }) => definition.relation));
  const watching = new Map([...before.watching].filter(([relation]) => standing.has(relation)));
  const entry = (relation: RelationId, kind: WorkDone['kind'], cpuMs: number): WorkDone => ({
    at: now,
    relation,
    kind,
    cpuMs,
    cost: priceCpuMs(cpuMs, price),
  });
  const watched = stood
    .filter(isPhysical)
    .map(({ definition: { relation } }) =>
      entry(relation, 'verification', before.watching.get(relation) ?? 0),
    );
  const built = plan.steps.flatMap(({ action }): WorkDone[] => {
    const estimate = action.kind === 'build-version' ? estimates.get(action.mart) : undefined;
    if (action.kind !== 'build-version' || estimate === undefined) {
      return [];
    }
    const { refreshCpuMs, refreshesPerDay, upkeepCpuMsPerDay, buildCpuMs } = estimate;
    if (action.reason === 'refresh') {
      return [entry(action.mart, 'refresh', refreshCpuMs)];
    }
    watching.set(action.mart, Math.max(0, upkeepCpuMsPerDay - refreshesPerDay * refreshCpuMs));
    return [entry(action.mart, 'build', buildCpuMs)];
  });
  return {
    done: [...before.done, ...watched, ...built].filter(({ relation }) => standing.has(relation)),
    watching,
  };
}
