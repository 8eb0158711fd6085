import { formatUsd, type NanoUsd, noMoney, scaleUsd } from '../base/usd.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import { buildIntent, fillIntent } from './build-intent.ts';
import { type Choice, type Chosen, chooseWithinBudget } from './choose-within-budget.ts';
import type { CandidateVerdict, ChoiceMade } from './decisions.ts';
import { savedBy, type TemplatePast } from './forecast/past.ts';
import { wayToBuild } from './in-steps.ts';
import type { Intent } from './intent.ts';
import type { Judged, JudgedParts } from './judged.ts';
import { publication } from './publication.ts';
import { verdictOn } from './say.ts';
import type { Survey } from './survey.ts';
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
  const made = chooseWithinBudget(
    passed.map((each) => choiceOf(each, seen)),
    room.budget,
  );
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

function choiceOf({ appraisal, demand, asked, accumulator }: Weighed, seen: Survey): Choice {
  const { candidate, estimate, mart } = appraisal;
  const days = Math.max(1, asked.forecast.days);
  return {
    key: candidate.key,
    bytes: estimate.bytes,
    buildCost: estimate.buildCost,
    upkeepPerDay: estimate.upkeepPerDay,
    refreshMsPerDay: estimate.refreshesPerDay * estimate.refreshCpuMs,
    isNew: mart === undefined,
    gains:
      asked.reservation.kind === 'build'
        ? seasonGains(accumulator.past ?? [], asked.saving.meanPerDay)
        : demand.byTemplate.map(({ answer, reachableRuns }) => ({
            fingerprint: answer.fingerprint,
            savedPerDay:
              reachableRuns === 0
                ? noMoney
                : priceCpuMs(
                    (asked.calibration.factor *
                      reachableRuns *
                      Math.max(0, answer.baseCpuMs - answer.martCpuMs)) /
                      days,
                    seen.price,
                  ),
          })),
  };
}

/** Just before a season the evidence window is quiet: what the season saves is shared out as in the past. */
function seasonGains(past: readonly TemplatePast[], meanPerDay: NanoUsd): Choice['gains'] {
  const all = past.reduce((sum, each) => sum + savedBy(each), 0);
  return past.map((each) => ({
    fingerprint: each.fingerprint,
    savedPerDay: scaleUsd(meanPerDay, all === 0 ? 0 : savedBy(each) / all),
  }));
}

function whyBuild({ demand, asked, accumulator, appraisal }: Weighed): string {
  const { runs, readers } = demand.reachable;
  const { estimate } = appraisal;
  const { reservation } = asked;
  if (reservation.kind === 'build') {
    return `${reservation.from} to ${reservation.until} is expected to save ${formatUsd(reservation.seasonSaves)} as in ${asked.forecast.seasonsSeen ?? 0} seasons before; building costs ${formatUsd(estimate.buildCost)}`;
  }
  return `${runs} runs by ${readers} readers in ${asked.policy.evidenceDays} days would net ${formatUsd(asked.netPerDay)} a day; waiting has cost ${formatUsd(accumulator.missed)}, building costs ${formatUsd(estimate.buildCost)}`;
}
