import { DAY_MS, dayOf } from '../base/clock.ts';
import { formatUsd } from '../base/usd.ts';
import { adoptTables, isAdoptableTable } from './adopt-tables.ts';
import { beginBuilds } from './begin-builds.ts';
import type { Accumulator, CycleInput } from './cycle-input.ts';
import type { CandidateVerdict, Decisions } from './decisions.ts';
import type { Intent } from './intent.ts';
import { judge } from './judge.ts';
import { judgeOthers } from './judge-others.ts';
import { dropEnded, keepPhysicalMarts } from './keep-marts.ts';
import { pruneMarts } from './prune-marts.ts';
import { roomLeft } from './room.ts';
import { verdictOn } from './say.ts';
import { unreachableDemand } from './unreachable-demand.ts';
import type { Weighed } from './weigh.ts';
import { weighInput } from './weigh-input.ts';

/** Memory of candidates nobody asked for any more is let go after this many days. */
const FORGOTTEN_AFTER_DAYS = 90;

/**
 * The whole decision of one cycle: what becomes of the marts that stand, which candidates pay and are begun today, which
 * views are published for people to adopt, and why all else is not done. Pure: equal inputs, equal decisions.
 */
export function decide(input: CycleInput): Decisions {
  const { seen, weighing } = weighInput(input);
  const { weighed, dominated } = weighing;
  const room = roomLeft(input, refreshMsOf(weighed));
  const kept = keepPhysicalMarts(weighed, { input, room });
  const pruned = pruneMarts(kept.intents, weighed, { input, seen, room });
  const tables = adoptTables(weighed, { input, seen, room });
  const judged = weighed
    .filter((each) => !each.isPhysical && !isAdoptableTable(each, input))
    .map((each) => ({ weighed: each, decision: judge(each.asked) }));
  const begun = beginBuilds(judged, { input, seen, room });
  const others = judgeOthers(
    judged.filter(({ decision }) => !decision.build),
    {
      input,
      seen,
      room: {
        ...room,
        budget: { ...room.budget, marts: room.budget.marts - begun.newMarts - tables.newMarts },
      },
      answeredByMarts: new Set(
        weighed
          .filter(
            ({ appraisal }) =>
              appraisal.mart !== undefined || begun.keys.has(appraisal.candidate.key),
          )
          .flatMap(({ appraisal }) => appraisal.answers.map(({ fingerprint }) => fingerprint)),
      ),
    },
  );
  const mayDestroy = coverageOf(input) >= input.policy.coverageFloor;
  return {
    intents: [
      ...(input.drift?.intents ?? []),
      ...pruned.intents,
      ...tables.intents,
      ...begun.intents,
      ...others.intents.filter(
        ({ kind, relation }) => kind !== 'release' || (mayDestroy && !isBroken(relation, input)),
      ),
      ...dropEnded(input.marts, { input, mayDestroy }).filter(
        ({ relation }) => !isGivenBack(relation, kept.intents),
      ),
    ],
    verdicts: [
      ...kept.verdicts,
      ...tables.verdicts,
      ...begun.verdicts,
      ...others.verdicts,
      ...dominated.map(({ item, by }) => dominatedVerdict(item, by, weighed)),
    ].flatMap((verdict) => (verdict === undefined ? [] : [verdict])),
    unreachable: unreachableDemand(weighed, { seen, input }),
    accumulators: rememberedWith(weighed, input),
    notEnumerated: seen.not,
    attributes: pruned.attributes,
    ...(begun.choice === undefined ? {} : { choice: begun.choice }),
  };
}

/** Thread time a day the refreshes of the marts that stand take. */
function refreshMsOf(weighed: readonly Weighed[]): number {
  return weighed
    .filter(({ isPhysical }) => isPhysical)
    .reduce(
      (sum, { appraisal: { estimate } }) => sum + estimate.refreshesPerDay * estimate.refreshCpuMs,
      0,
    );
}

function dominatedVerdict(
  item: Weighed['appraisal'],
  by: Weighed['appraisal'],
  weighed: readonly Weighed[],
): CandidateVerdict | undefined {
  const better = weighed.find(({ appraisal }) => appraisal === by);
  if (better === undefined) {
    return undefined;
  }
  const { candidate, answers, estimate } = item;
  const because = `${by.candidate.definition.relation} answers all it would, as cheaply, and costs no more`;
  return {
    ...verdictOn(better, { outcome: 'refuse', because, rule: 'is-not-dominated' }),
    key: candidate.key,
    relation: candidate.definition.relation,
    enumerator: candidate.enumerator,
    sql: candidate.definition.sql,
    evidence: { templates: answers.length, buildCost: formatUsd(estimate.buildCost) },
    flip: { what: 'templates only it answers', now: 0, needed: 1 },
  };
}

function coverageOf({ usage: { coverage } }: CycleInput): number {
  return Math.min(coverage.parsedCostShare, coverage.resolvedCostShare);
}

function rememberedWith(
  weighed: readonly Weighed[],
  { accumulators, usage, marts }: CycleInput,
): readonly Accumulator[] {
  const now = new Map(
    weighed
      .filter(
        ({ accumulator: { stage, missed, givenUpAt }, asked: { forecast } }) =>
          stage !== 'none' ||
          missed > 0n ||
          givenUpAt !== undefined ||
          forecast.seasonsSeen !== undefined,
      )
      .map(({ accumulator }) => [accumulator.key, accumulator]),
  );
  const weighedKeys = new Set(weighed.map(({ accumulator }) => accumulator.key));
  const oldest = forgottenBefore(usage.until);
  const owned = new Set(marts.map(({ definition }) => definition.relation));
  const silent = accumulators.filter(
    ({ key, relation, throughDay }) =>
      !weighedKeys.has(key) && (throughDay >= oldest || owned.has(relation)),
  );
  return [...now.values(), ...silent].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function forgottenBefore(until: number): string {
  return dayOf(until - FORGOTTEN_AFTER_DAYS * DAY_MS);
}

/** Its sources are no longer what its definition was written for: what becomes of it is decided by that, not by money. */
function isBroken(relation: string, { drift }: CycleInput): boolean {
  return drift?.broken.some((one) => one.relation === relation) === true;
}

/** A version hidden while its mart was physical gets the longer grace once the mart is a view again. */
function isGivenBack(relation: string, intents: readonly Intent[]): boolean {
  return intents.some((intent) => intent.kind === 'withdraw' && intent.relation === relation);
}
