import { counted } from '../base/counted.ts';
import { formatUsd, type NanoUsd, scaleUsd, subtractUsd } from '../base/usd.ts';
import { versionsKept } from '../cost/estimate.ts';
import { supersedesWords } from './beside-words.ts';
import { buildIntent, fillIntent } from './build-intent.ts';
import { type Choice, type Chosen, chooseWithinBudget } from './choose-within-budget.ts';
import type { CandidateVerdict, ChoiceMade } from './decisions.ts';
import { savedBy } from './forecast/past.ts';
import { wayToBuild } from './in-steps.ts';
import type { Intent } from './intent.ts';
import type { Judged, JudgedParts } from './judged.ts';
import { paybackDaysOf } from './payback.ts';
import { publication } from './publication.ts';
import { verdictOn } from './say.ts';
import { freedBy } from './standing.ts';
import type { Weighed } from './weigh.ts';

export interface Begun {
  readonly intents: readonly Intent[];
  readonly verdicts: readonly CandidateVerdict[];
  readonly newMarts: number;
  /** Keys of the candidates whose build is begun. */
  readonly keys: ReadonlySet<string>;
  /** How good the choice is; absent where nothing was to be chosen. */
  readonly choice?: ChoiceMade | undefined;
}

/** Begins what passed every rule, as far as today's caps and money go. */
export function beginBuilds(judged: readonly Judged[], { input, seen, room }: JudgedParts): Begun {
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
  const made = chooseWithinBudget(passed.map(choiceOf), room.budget);
  const { chosen, left } = made;
  const byKey = new Map(passed.map((each) => [each.appraisal.candidate.key, each]));
  const intents: Intent[] = [];
  const verdicts: CandidateVerdict[] = [];
  for (const key of chosen) {
    const each = byKey.get(key);
    if (each === undefined) {
      continue;
    }
    const way = wayToBuild(each, { input, seen });
    if (way.kind === 'fill' && intents.some(({ kind }) => kind === 'fill')) {
      const because = `it pays, and waits for another build that is made in steps; ${way.because}`;
      verdicts.push(verdictOn(each, { outcome: 'wait', because, flip: ONE_AT_A_TIME }));
      continue;
    }
    const because = way.kind === 'at-once' ? whyBuild(each) : `${whyBuild(each)}; ${way.because}`;
    intents.push(
      ...publication(each, because),
      way.kind === 'fill'
        ? fillIntent(each, { input, way, because })
        : buildIntent(each, {
            input,
            reason: 'promote',
            because,
            unfinished: way.kind === 'finish' ? way.unfinished : undefined,
          }),
    );
    verdicts.push(verdictOn(each, { outcome: 'build', because }));
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
    choice: choiceMade(passed.length, made),
  };
}

/** Steps are bounded so that readers do not wait: two builds at once would undo that. */
const ONE_AT_A_TIME = { what: 'builds made in steps', now: 1, needed: 0 } as const;

function choiceMade(
  offered: number,
  { chosen, netPerDay, atMostPerDay }: Chosen,
): ChoiceMade | undefined {
  return offered === 0
    ? undefined
    : {
        offered,
        chosen: chosen.length,
        netPerDay: formatUsd(netPerDay),
        atMostPerDay: formatUsd(atMostPerDay),
        gap: atMostPerDay <= 0n ? 0 : 1 - Number(netPerDay) / Number(atMostPerDay),
      };
}

function choiceOf({ appraisal, asked, accumulator, supersedes, demand }: Weighed): Choice {
  const { candidate, estimate, mart } = appraisal;
  const expected = subtractUsd(asked.saving.meanPerDay, freedBy(supersedes));
  return {
    key: candidate.key,
    bytes: estimate.bytes * versionsKept(estimate.refreshesPerDay),
    buildCost: estimate.buildCost,
    upkeepPerDay: estimate.upkeepPerDay,
    paybackDays: paybackDaysOf(asked),
    refreshMsPerDay: estimate.refreshesPerDay * estimate.refreshCpuMs,
    isNew: mart === undefined,
    gains: [
      ...sharedOut(
        expected,
        asked.reservation.kind === 'build'
          ? (accumulator.past ?? []).map((past) => [past.fingerprint, savedBy(past)] as const)
          : demand.byTemplate.map(
              ({ answer, reachableRuns, savedCpuMs }) =>
                [answer.fingerprint, reachableRuns * savedCpuMs] as const,
            ),
      ),
      // What several of the chosen could free is freed once, as a statement that several answer is saved once.
      ...supersedes.map(({ relation, freesPerDay }) => ({
        fingerprint: `in place of ${relation}`,
        savedPerDay: freesPerDay,
      })),
    ],
  };
}

/** What is expected to be saved, by template, as it was in the evidence: just before a season, in the seasons of the past. */
function sharedOut(
  expected: NanoUsd,
  savedCpuMs: readonly (readonly [fingerprint: string, cpuMs: number])[],
): Choice['gains'] {
  const all = savedCpuMs.reduce((sum, [, cpuMs]) => sum + cpuMs, 0);
  return savedCpuMs.map(([fingerprint, cpuMs]) => ({
    fingerprint,
    savedPerDay: scaleUsd(expected, all === 0 ? 0 : cpuMs / all),
  }));
}

function whyBuild({ demand, asked, accumulator, appraisal, supersedes }: Weighed): string {
  const { runs, readers } = demand.reachable;
  const { estimate } = appraisal;
  const { reservation } = asked;
  if (reservation.kind === 'build') {
    return `${reservation.from} to ${reservation.until} is expected to save ${formatUsd(reservation.seasonSaves)} as in ${asked.forecast.seasonsSeen ?? 0} seasons before; building costs ${formatUsd(estimate.buildCost)}`;
  }
  return `${counted(runs, 'run')} by ${counted(readers, 'reader')} in ${asked.policy.evidenceDays} days would net ${formatUsd(asked.netPerDay)} a day; waiting has cost ${formatUsd(accumulator.missed)}, building costs ${formatUsd(estimate.buildCost)}${supersedes.length === 0 ? '' : `; ${supersedesWords(supersedes)}`}`;
}
