import { DAY_MS, dayOf } from '../base/clock.ts';
import { formatUsd, noMoney } from '../base/usd.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import { asIfReached } from './appraise.ts';
import { buildIntent } from './build-intent.ts';
import { type Choice, chooseWithinBudget } from './choose-within-budget.ts';
import type { Accumulator, CycleInput } from './cycle-input.ts';
import type { CandidateVerdict, Decisions } from './decisions.ts';
import type { Intent } from './intent.ts';
import { type Decision, judge } from './judge.ts';
import { dropEnded, keepPhysicalMarts } from './keep-marts.ts';
import { type Room, roomLeft } from './room.ts';
import { PUBLISHING_RULES } from './rules.ts';
import { refusalOn, verdictOn } from './say.ts';
import { type Survey, survey } from './survey.ts';
import { unreachableDemand } from './unreachable-demand.ts';
import { type Weighed, weigh } from './weigh.ts';

/** Memory of candidates nobody asked for any more is let go after this many days. */
const FORGOTTEN_AFTER_DAYS = 90;

/**
 * The whole decision of one cycle: what becomes of the marts that stand, which candidates pay and are begun today, which
 * views are published for people to adopt, and why all else is not done. Pure: equal inputs, equal decisions.
 */
export function decide(input: CycleInput): Decisions {
  const seen = survey(input);
  const { weighed, dominated } = weigh(input, seen);
  const room = roomLeft(input);
  const kept = keepPhysicalMarts(weighed, { input, room });
  const judged = weighed
    .filter(({ isPhysical }) => !isPhysical)
    .map((each) => ({ weighed: each, decision: judge(each.asked) }));
  const begun = beginBuilds(judged, { input, seen, room });
  const others = judgeOthers(
    judged.filter(({ decision }) => !decision.build),
    {
      input,
      seen,
      room: { ...room, budget: { ...room.budget, marts: room.budget.marts - begun.newMarts } },
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
      ...kept.intents,
      ...begun.intents,
      ...others.intents.filter(({ kind }) => kind !== 'release' || mayDestroy),
      ...dropEnded(input.marts, { input, mayDestroy }),
    ],
    verdicts: [
      ...kept.verdicts,
      ...begun.verdicts,
      ...others.verdicts,
      ...dominated.map(({ item, by }) => dominatedVerdict(item, by, weighed)),
    ].flatMap((verdict) => (verdict === undefined ? [] : [verdict])),
    unreachable: unreachableDemand(weighed, { seen, input }),
    accumulators: rememberedWith(weighed, input),
    notEnumerated: seen.not,
  };
}

interface Judged {
  readonly weighed: Weighed;
  readonly decision: Decision;
}

interface Parts {
  readonly input: CycleInput;
  readonly seen: Survey;
  readonly room: Room;
}

interface Outcome {
  readonly intents: readonly Intent[];
  readonly verdicts: readonly (CandidateVerdict | undefined)[];
}

function beginBuilds(
  judged: readonly Judged[],
  { input, seen, room }: Parts,
): Outcome & { readonly newMarts: number; readonly keys: ReadonlySet<string> } {
  const passed = judged.filter(({ decision }) => decision.build).map(({ weighed }) => weighed);
  if (room.isQuiet) {
    const because = 'it pays, and waits for the end of the quiet hours';
    const flip = { what: 'quiet hours', now: 'yes', needed: 'no' };
    return {
      intents: [],
      verdicts: passed.map((each) => verdictOn(each, { outcome: 'wait', because, flip })),
      newMarts: 0,
      keys: new Set(),
    };
  }
  const { chosen, left } = chooseWithinBudget(
    passed.map((each) => choiceOf(each, seen)),
    room.budget,
  );
  const byKey = new Map(passed.map((each) => [each.appraisal.candidate.key, each]));
  const intents: Intent[] = [];
  const verdicts: CandidateVerdict[] = [];
  for (const key of chosen) {
    const each = byKey.get(key);
    if (each !== undefined) {
      const because = whyBuild(each);
      intents.push(
        ...publication(each, because),
        buildIntent(each, { input, reason: 'promote', because }),
      );
      verdicts.push(verdictOn(each, { outcome: 'build', because }));
    }
  }
  for (const { key, because } of left) {
    const each = byKey.get(key);
    if (each !== undefined) {
      const flip = {
        what: 'builds left today',
        now: room.budget.builds,
        needed: chosen.length + 1,
      };
      verdicts.push(verdictOn(each, { outcome: 'wait', because, flip, rule: 'fits-the-budget' }));
    }
  }
  return {
    intents,
    verdicts,
    newMarts: intents.filter(({ kind }) => kind === 'publish').length,
    keys: new Set(chosen),
  };
}

/** Candidates that do not pay: a view for people to adopt where it would with every road open; else a refusal. */
function judgeOthers(
  judged: readonly Judged[],
  { input, seen, room, answeredByMarts }: Parts & { readonly answeredByMarts: ReadonlySet<string> },
): Outcome {
  const intents: Intent[] = [];
  const verdicts: CandidateVerdict[] = [];
  const covered = new Set(answeredByMarts);
  let places = Math.min(room.budget.marts, room.budget.builds);
  for (const { weighed, decision } of judged.toSorted(byUnreachableCost)) {
    if (decision.build) {
      continue;
    }
    const { mart, candidate } = weighed.appraisal;
    if (mart?.stage === 'quarantined') {
      continue;
    }
    const refused = refusalOn(weighed, { rule: decision.refusedBy, refusal: decision.refusal });
    const isWanted = isWorthPublishing(weighed, { input, seen });
    if (mart !== undefined) {
      const ended = isWanted ? undefined : release(weighed, input);
      intents.push(...(ended === undefined ? [] : [ended]));
      verdicts.push(ended === undefined ? refused : { ...refused, outcome: 'release' });
      continue;
    }
    const added = templatesWithoutRoad(weighed).filter((each) => !covered.has(each));
    const isOurs = candidate.definition.origin === 'candidate';
    if (isWanted && isOurs && added.length > 0 && places > 0 && !room.isQuiet) {
      places -= 1;
      added.forEach((each) => covered.add(each));
      const because = `as a view for now: ${refused.because}`;
      intents.push(...publication(weighed, because));
      verdicts.push({ ...refused, outcome: 'publish', because });
    } else {
      verdicts.push(refused);
    }
  }
  return { intents, verdicts };
}

/** Dearest first: of views that answer the same, only the one that answers most is published. */
function byUnreachableCost({ weighed: a }: Judged, { weighed: b }: Judged): number {
  return (
    b.demand.unreachable.baseCpuMs - a.demand.unreachable.baseCpuMs ||
    (a.appraisal.candidate.key < b.appraisal.candidate.key ? -1 : 1)
  );
}

function templatesWithoutRoad({ demand }: Weighed): readonly string[] {
  return demand.byTemplate
    .filter(({ unreachableRuns }) => unreachableRuns > 0)
    .map(({ answer }) => answer.fingerprint);
}

function isWorthPublishing(weighed: Weighed, parts: Pick<Parts, 'input' | 'seen'>): boolean {
  const { unreachable } = weighed.demand;
  const isOnlyWaiting = unreachable.runs === 0;
  if (isOnlyWaiting) {
    // A view opens no road these runs do not have already.
    return weighed.appraisal.mart !== undefined && weighed.demand.reachable.runs > 0;
  }
  const present = (_fingerprint: string, baseCpuMs: number) => baseCpuMs;
  const asked = asIfReached(weighed.asked, { ...parts, presentCpuMs: present });
  return judge(asked, PUBLISHING_RULES).build;
}

function publication(
  { appraisal: { candidate, mart } }: Weighed,
  because: string,
): readonly Intent[] {
  if (mart !== undefined) {
    return [];
  }
  const { definition } = candidate;
  return [
    {
      kind: 'publish',
      relation: definition.relation,
      definition,
      ...(definition.origin === 'adopted' ? { originalSql: definition.sql } : {}),
      because,
      evidence: { columns: definition.columns.length, obligations: definition.obligations.length },
    },
  ];
}

/** Given up once it was a view for a whole grace period, with nothing hidden left, and nobody would miss it. */
function release(
  { appraisal, accumulator }: Weighed,
  { now, caps }: CycleInput,
): Intent | undefined {
  const { mart, candidate } = appraisal;
  const isEmpty = mart !== undefined && mart.hidden.length === 0 && mart.current === undefined;
  if (!isEmpty || now - accumulator.stageSince < caps.grace) {
    return undefined;
  }
  return {
    kind: 'release',
    relation: candidate.definition.relation,
    because: 'it has been a view for the whole grace period and is not worth keeping',
    evidence: { missedSavings: formatUsd(accumulator.missed) },
  };
}

function choiceOf({ appraisal, demand, asked }: Weighed, seen: Survey): Choice {
  const { candidate, estimate, mart } = appraisal;
  const days = Math.max(1, asked.forecast.days);
  return {
    key: candidate.key,
    bytes: estimate.bytes,
    buildCost: estimate.buildCost,
    upkeepPerDay: estimate.upkeepPerDay,
    isNew: mart === undefined,
    gains: demand.byTemplate.map(({ answer, reachableRuns }) => ({
      fingerprint: answer.fingerprint,
      savedPerDay:
        reachableRuns === 0
          ? noMoney
          : priceCpuMs(
              (reachableRuns * Math.max(0, answer.baseCpuMs - answer.martCpuMs)) / days,
              seen.price,
            ),
    })),
  };
}

function whyBuild({ demand, asked, accumulator, appraisal }: Weighed): string {
  const { runs, readers } = demand.reachable;
  const { estimate } = appraisal;
  return `${runs} runs by ${readers} readers in ${asked.policy.evidenceDays} days would net ${formatUsd(asked.netPerDay)} a day; waiting has cost ${formatUsd(accumulator.missed)}, building costs ${formatUsd(estimate.buildCost)}`;
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
  const now = new Map(weighed.map(({ accumulator }) => [accumulator.key, accumulator]));
  const oldest = forgottenBefore(usage.until);
  const owned = new Set(marts.map(({ definition }) => definition.relation));
  const silent = accumulators.filter(
    ({ key, relation, throughDay }) =>
      !now.has(key) && (throughDay >= oldest || owned.has(relation)),
  );
  return [...now.values(), ...silent].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function forgottenBefore(until: number): string {
  return dayOf(until - FORGOTTEN_AFTER_DAYS * DAY_MS);
}
