import { DAY_MS } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { formatUsd, noMoney } from '../base/usd.ts';
import type { Mart, MartDefinition } from '../marts/mart.ts';
import type { Unfinished } from '../marts/ranges.ts';
import { besideFlip, mergeFlip } from './beside-words.ts';
import { refreshIntent } from './build-intent.ts';
import type { CycleInput } from './cycle-input.ts';
import type { CandidateVerdict } from './decisions.ts';
import type { Intent } from './intent.ts';
import { lifetimeOf, nextLife } from './live.ts';
import type { Room } from './room.ts';
import { verdictOn } from './say.ts';
import type { Merge } from './standing.ts';
import type { Weighed } from './weigh.ts';

export interface Kept {
  readonly intents: readonly Intent[];
  readonly verdicts: readonly CandidateVerdict[];
}

/** The physical marts: renewed, refreshed or given back to their views. */
export function keepPhysicalMarts(
  weighed: readonly Weighed[],
  { input, room }: { readonly input: CycleInput; readonly room: Room },
): Kept {
  const intents: Intent[] = [];
  const verdicts: CandidateVerdict[] = [];
  let refreshes = room.refreshes;
  const lifeOf = (each: Weighed, { mart, isNeeded }: { mart: Mart; isNeeded: boolean }) =>
    nextLife(each, { mart, input, canRefresh: canRefresh({ refreshes, room }), isNeeded });
  // In whose favour nothing is let go: what is let go itself in this cycle, and what has not lasted yet.
  const unsettled = new Set(
    weighed.flatMap((each) => {
      const { mart } = each.appraisal;
      if (mart?.stage !== 'physical') {
        return [];
      }
      const isYoung = lifetimeOf(each, input) < input.policy.minimumLifeDays * DAY_MS;
      const isLeaving = lifeOf(each, { mart, isNeeded: false }).kind === 'withdraw';
      return isYoung || isLeaving ? [mart.definition.relation] : [];
    }),
  );
  for (const each of weighed) {
    const { mart } = each.appraisal;
    if (mart?.stage !== 'physical') {
      continue;
    }
    const isNeeded = each.merge?.into.some((other) => unsettled.has(other)) === true;
    const life = lifeOf(each, { mart, isNeeded });
    const { relation } = mart.definition;
    const { because } = life;
    const common = { relation, because, evidence: { runs: each.demand.reachable.runs } };
    const flip = besideFlip(each);
    switch (life.kind) {
      case 'renew':
        intents.push(...renewal(each, { mart, input, because }));
        verdicts.push(verdictOn(each, { outcome: 'keep', because, flip }));
        break;
      case 'refresh':
        refreshes -= 1;
        if (life.isStale) {
          intents.push({ kind: 'withdraw', ...common, isUrgent: true });
        }
        intents.push(refreshIntent(each, { input, because }));
        verdicts.push(verdictOn(each, { outcome: 'refresh', because, flip }));
        break;
      case 'withdraw':
        intents.push({
          kind: 'withdraw',
          ...common,
          // A mart that is only out of date may come back as soon as it can be built again.
          evidence: {
            ...common.evidence,
            ...(life.isUrgent ? { outOfDate: 1 } : {}),
            ...(life.untilSeason === undefined ? {} : { untilSeason: life.untilSeason }),
            ...mergedInto(life.merge),
          },
          ...(life.merge === undefined
            ? {}
            : { predicted: { netPerDay: life.merge.freesPerDay, cost: noMoney } }),
          isUrgent: life.isUrgent,
        });
        verdicts.push(
          verdictOn(
            each,
            life.merge === undefined
              ? { outcome: 'withdraw', because }
              : {
                  outcome: 'withdraw',
                  because,
                  rule: 'pays-beside-others',
                  flip: mergeFlip(life.merge),
                },
          ),
        );
        break;
      case 'wait':
        verdicts.push(verdictOn(each, { outcome: 'wait', because }));
        break;
    }
  }
  return { intents, verdicts };
}

/** Who takes over: its receipt is promised more from then on. */
function mergedInto(merge: Merge | undefined): Intent['evidence'] {
  const [main] = merge?.into ?? [];
  return merge === undefined || main === undefined
    ? {}
    : {
        mergedInto: main,
        templatesShared: merge.templates,
        extraPerDay: formatUsd(merge.extraPerDay),
        upkeepPerDay: formatUsd(merge.upkeepPerDay),
      };
}

/** What steps left unfinished, and nothing has gone on with for the whole grace period. */
function dropUnfinished(
  { version, table, touchedAt, filled }: Unfinished,
  {
    definition,
    input: { caps, now },
  }: { readonly definition: MartDefinition; readonly input: CycleInput },
): readonly Intent[] {
  return now - touchedAt < caps.grace
    ? []
    : [
        {
          kind: 'drop',
          relation: definition.relation,
          version,
          table,
          because: `its steps were not gone on with for ${formatDuration(caps.grace)}`,
          evidence: { ranges: filled.length },
        },
      ];
}

/** Hidden versions whose grace has ended; what may be destroyed waits while too little is understood. */
export function dropEnded(
  marts: readonly Mart[],
  { input, mayDestroy }: { readonly input: CycleInput; readonly mayDestroy: boolean },
): readonly Intent[] {
  const { caps, now } = input;
  return marts.flatMap(({ definition, stage, hidden, unfinished, current }) => {
    if (stage === 'quarantined') {
      return [];
    }
    const left = unfinished === undefined ? [] : dropUnfinished(unfinished, { definition, input });
    const ended = hidden.flatMap(({ version, hiddenAt }): Intent[] => {
      const isSuperseded = current !== undefined && current.version > version.version;
      const grace = isSuperseded ? caps.supersededGrace : caps.grace;
      if (now - hiddenAt < grace || !(isSuperseded || mayDestroy)) {
        return [];
      }
      return [
        {
          kind: 'drop',
          relation: definition.relation,
          version: version.version,
          table: version.table,
          because: `it was hidden for ${formatDuration(grace)} and nobody went back to it`,
          evidence: { bytes: version.bytes },
        },
      ];
    });
    return [...left, ...ended];
  });
}

function renewal(
  { appraisal }: Weighed,
  {
    mart,
    input,
    because,
  }: { readonly mart: Mart; readonly input: CycleInput; readonly because: string },
): readonly Intent[] {
  const { relation, maxStalenessMs } = appraisal.candidate.definition;
  return mart.current === undefined
    ? []
    : [
        {
          kind: 'renew',
          relation,
          version: mart.current.version,
          table: mart.current.table,
          freshUntil: input.now + maxStalenessMs,
          because,
          evidence: { sources: mart.definition.sources.length },
        },
      ];
}

function canRefresh({ refreshes, room }: { readonly refreshes: number; readonly room: Room }) {
  if (room.isQuiet) {
    return { kind: 'no', because: 'nothing is built in quiet hours' } as const;
  }
  return refreshes > 0
    ? ({ kind: 'yes' } as const)
    : ({ kind: 'no', because: 'the refreshes of today are used up' } as const);
}
