import type { RelationId } from '../base/relation.ts';
import { subtractUsd } from '../base/usd.ts';
import type { Appraisal } from './appraise.ts';
import type { PresentCost } from './candidate-demand.ts';
import type { CycleInput } from './cycle-input.ts';
import { type Merge, Standing } from './standing.ts';
import type { Survey } from './survey.ts';

/** How each candidate and mart stands beside the marts that are there. */
export interface Beside {
  /** Standing marts that the others make superfluous. */
  readonly merges: ReadonlyMap<RelationId, Merge>;
  /** What a run costs without this one. */
  readonly presentCpuMs: (appraisal: Appraisal) => PresentCost;
  /** Standing marts that this one, were it built, would make superfluous; what each frees is net of what it frees already. */
  readonly supersededBy: (appraisal: Appraisal) => readonly Merge[];
}

/**
 * A mart that stays is credited with all that it answers cheapest, so that each run is counted once; one that the others
 * make superfluous with what its readers would miss: its runs are then credited to who answers in its place. A candidate is
 * measured against all that stands.
 */
export function besideOf(
  appraisals: readonly Appraisal[],
  { input, seen }: { readonly input: CycleInput; readonly seen: Survey },
): Beside {
  const parts = { ...seen, cyclePeriodMs: input.cyclePeriodMs };
  const physical = appraisals.filter(isPhysical);
  const standing = new Standing(physical, parts);
  const merges = standing.merges(mayMerge);
  const stays = (relation: RelationId) => !merges.has(relation);
  const answered = new Set(
    physical.flatMap(({ answers }) => answers.map(({ fingerprint }) => fingerprint)),
  );
  return {
    merges,
    presentCpuMs: (appraisal) => {
      const { relation } = appraisal.candidate.definition;
      if (!isPhysical(appraisal)) {
        return (run) => Math.min(run.baseCpuMs, standing.cheapest(run)?.martCpuMs ?? Infinity);
      }
      const into = merges.get(relation)?.into;
      const mayAnswer = (each: RelationId) => into?.includes(each) === true;
      return into === undefined
        ? (run) => (isBest(standing.cheapest(run, stays)?.relation, relation) ? run.baseCpuMs : 0)
        : (run) =>
            Math.min(run.baseCpuMs, standing.cheapest(run, mayAnswer)?.martCpuMs ?? Infinity);
    },
    supersededBy: (appraisal) => {
      const isBeside = appraisal.answers.some(({ fingerprint }) => answered.has(fingerprint));
      if (isPhysical(appraisal) || !isBeside) {
        return [];
      }
      return supersededBy(appraisal, { physical, merges, parts });
    },
  };
}

/**
 * One mart is not torn down for another of its kind, the new one's upkeep being modelled and the old one's measured; one in
 * the place of two is worth it though the model errs.
 */
const LEAST_SUPERSEDED = 2;

function supersededBy(
  candidate: Appraisal,
  {
    physical,
    merges,
    parts,
  }: {
    readonly physical: readonly Appraisal[];
    readonly merges: ReadonlyMap<RelationId, Merge>;
    readonly parts: ConstructorParameters<typeof Standing>[1];
  },
): readonly Merge[] {
  const { relation } = candidate.candidate.definition;
  const after = new Standing([...physical, candidate], parts).merges(mayMerge);
  const found = [...after.values()].flatMap((merge) => {
    const before = merges.get(merge.relation);
    const freesPerDay =
      before === undefined ? merge.freesPerDay : subtractUsd(merge.freesPerDay, before.freesPerDay);
    return merge.into.includes(relation) && freesPerDay > 0n ? [{ ...merge, freesPerDay }] : [];
  });
  return found.length < LEAST_SUPERSEDED ? [] : withOneUpkeep(found, candidate);
}

/** What answers all that these answer is not kept for less than the dearest of them, whatever the model says of it. */
function withOneUpkeep(found: readonly Merge[], { estimate }: Appraisal): readonly Merge[] {
  const dearest = found.toSorted((a, b) => Number(b.upkeepPerDay - a.upkeepPerDay))[0];
  return found.map((merge) => {
    const missing = subtractUsd(merge.upkeepPerDay, estimate.upkeepPerDay);
    return merge === dearest && missing > 0n
      ? { ...merge, freesPerDay: subtractUsd(merge.freesPerDay, missing) }
      : merge;
  });
}

/** Where no mart answers, nobody else does either. */
function isBest(best: RelationId | undefined, relation: RelationId): boolean {
  return best === undefined || best === relation;
}

function isPhysical({ mart }: Appraisal): boolean {
  return mart?.stage === 'physical';
}

/** What was a table before stays one; a candidate is not there to be let go. */
function mayMerge({ mart, candidate }: Appraisal): boolean {
  return mart?.stage === 'physical' && mart.was !== 'table' && candidate.objections.length === 0;
}
