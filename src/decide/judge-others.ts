import { formatUsd } from '../base/usd.ts';
import { asIfReached } from './appraise.ts';
import type { CycleInput } from './cycle-input.ts';
import type { CandidateVerdict } from './decisions.ts';
import type { Intent } from './intent.ts';
import { judge } from './judge.ts';
import type { Judged, JudgedParts } from './judged.ts';
import { publication } from './publication.ts';
import { NEW_VIEW_RULES, PUBLISHING_RULES } from './rules.ts';
import { refusalOn } from './say.ts';
import { isSureToLose } from './trust.ts';
import type { Weighed } from './weigh.ts';

export interface Others {
  readonly intents: readonly Intent[];
  readonly verdicts: readonly CandidateVerdict[];
}

/** Candidates that do not pay: a view for people to adopt where it would with every road open; else a refusal. */
export function judgeOthers(
  judged: readonly Judged[],
  {
    input,
    seen,
    room,
    answeredByMarts,
  }: JudgedParts & { readonly answeredByMarts: ReadonlySet<string> },
): Others {
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
      const again = judge(weighed.asked, NEW_VIEW_RULES);
      if (!again.build) {
        verdicts.push(refusalOn(weighed, { rule: again.refusedBy, refusal: again.refusal }));
        continue;
      }
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

function isWorthPublishing(weighed: Weighed, parts: Pick<JudgedParts, 'input' | 'seen'>): boolean {
  const { unreachable } = weighed.demand;
  const isOnlyWaiting = unreachable.runs === 0;
  if (isOnlyWaiting) {
    // A view opens no road these runs do not have already.
    const { appraisal, demand } = weighed;
    return appraisal.mart !== undefined && demand.reachable.runs > 0 && !isSuperfluous(weighed);
  }
  const asked = asIfReached(weighed.asked, parts);
  return judge(asked, PUBLISHING_RULES).build;
}

/** One of ours that nobody names, all of whose runs other marts answer, and that would not pay beside them as a table either. */
function isSuperfluous({
  appraisal,
  demand,
  asked,
}: Pick<Weighed, 'appraisal' | 'demand' | 'asked'>): boolean {
  const read = demand.byTemplate.filter(({ reachableRuns }) => reachableRuns > 0);
  return (
    appraisal.candidate.definition.origin === 'candidate' &&
    read.length > 0 &&
    isSureToLose(asked) &&
    read.every(
      ({ answer, savedCpuMs }) =>
        answer.how === 'route' && savedCpuMs < answer.baseCpuMs - answer.martCpuMs,
    )
  );
}

/**
 * Given up once it was a view for a whole grace period, with nothing hidden left, and nobody would miss it: a view that
 * is read in seasons costs nothing in between.
 */
function release(
  { appraisal, accumulator, asked, demand }: Weighed,
  { now, caps, adoptable }: CycleInput,
): Intent | undefined {
  const { mart, candidate } = appraisal;
  const isExpectedBack = asked.saving.highPerDay > 0n && asked.forecast.seasonsSeen !== undefined;
  const isEmpty =
    mart !== undefined &&
    mart.hidden.length === 0 &&
    mart.current === undefined &&
    mart.unfinished === undefined;
  // Given back it would be a table that nobody refreshes: only who takes it off the list asks for that.
  const isListedTable =
    mart?.was === 'table' && adoptable.some(({ view }) => view === mart.definition.relation);
  if (!isEmpty || isExpectedBack || isListedTable || now - accumulator.stageSince < caps.grace) {
    return undefined;
  }
  return {
    kind: 'release',
    relation: candidate.definition.relation,
    because: isSuperfluous({ appraisal, demand, asked })
      ? 'it has been a view for the whole grace period, nobody reads it by name, and other marts answer its kinds of statement'
      : 'it has been a view for the whole grace period and is not worth keeping',
    evidence: { missedSavings: formatUsd(accumulator.missed) },
  };
}
