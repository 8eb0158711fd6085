import { DAY_MS, dayNumber, dayOf, type EpochMs } from '../base/clock.ts';
import { counted } from '../base/counted.ts';
import { formatDuration } from '../base/duration.ts';
import { addUsd, formatUsd, type NanoUsd, scaleUsd } from '../base/usd.ts';
import type { PrunedAttribute, PruneStage } from '../marts/mart.ts';
import type { Attribute, GoldRelation } from './attribute.ts';
import { BUILDS_TO_MEASURE } from './measured-pairs.ts';
import type { Hazard } from './revival.ts';
import type { PruneSettings } from './settings.ts';
import type { Objection } from './veto.ts';
import { firstVeto } from './vetoes.ts';

export interface LadderInput {
  readonly of: GoldRelation;
  /** Where its attributes stand; those not named are kept. */
  readonly pruned: readonly PrunedAttribute[];
  readonly now: EpochMs;
  readonly settings: PruneSettings;
  readonly coverage: number;
  readonly keptByPerson: ReadonlySet<string>;
  readonly hazard: Hazard;
  readonly buildCost: NanoUsd;
  readonly savingPerDay: (attribute: string) => NanoUsd;
}

/** What the ladder makes of one attribute in this cycle. */
export interface Standing {
  readonly attribute: string;
  readonly from: PruneStage | 'kept';
  /** Equal to `from` where it stays. */
  readonly to: PruneStage | 'kept';
  /** The veto's id, `in-use`, or the step. */
  readonly rule: string;
  readonly because: string;
  readonly evidence: Objection['evidence'];
}

/** Each further release of a mart may be this many times the one before. */
const RELEASE_GROWTH = 4;

/**
 * One step at most for each attribute: unread ones are announced, then hidden, then (where allowed) tombstoned; a read after it
 * was hidden, or anything else that objects now, brings it back at once. New announcements come in growing releases, so that
 * what was misjudged shows while it is small.
 */
export function climb(input: LadderInput): readonly Standing[] {
  const stages = new Map(input.pruned.map((each) => [each.name, each]));
  const standings = input.of.attributes.map((attribute) =>
    stand(attribute, { known: stages.get(attribute.name), input }),
  );
  return worthMeasuring(inReleases(standings, input), input);
}

function stand(
  attribute: Attribute,
  { known, input }: { readonly known: PrunedAttribute | undefined; readonly input: LadderInput },
): Standing {
  const { of, now, settings, coverage, keptByPerson, hazard, buildCost, savingPerDay } = input;
  const from = known?.stage ?? 'kept';
  const stays = (rule: string, why: Objection): Standing => ({
    attribute: attribute.name,
    from,
    to: 'kept',
    rule,
    ...why,
  });
  const veto = firstVeto({
    attribute,
    of,
    today: dayNumber(now),
    settings,
    coverage,
    keptByPerson,
    hazard,
    money: { savingPerDay: savingPerDay(attribute.name), buildCost },
  });
  const wanted = known === undefined ? undefined : readSince(attribute, known);
  if (wanted !== undefined) {
    return stays('in-use', wanted);
  }
  if (veto !== undefined && !(from === 'tombstoned' && NO_NEWS_FOR_TOMBSTONES.has(veto.veto))) {
    const { veto: rule, ...why } = veto;
    return stays(rule, why);
  }
  return known === undefined ? announced(attribute, input) : nextStep(known, input);
}

/** Nothing can be read of a tombstone, so chances that pass say nothing new. */
const NO_NEWS_FOR_TOMBSTONES: ReadonlySet<string> = new Set(['few-chances', 'revival-risk']);

function readSince(attribute: Attribute, { stage, since }: PrunedAttribute): Objection | undefined {
  const from = dayNumber(since);
  const day = [...attribute.namedDays, ...attribute.starDays]
    .toSorted((a, b) => a - b)
    .find((each) => each >= from);
  return day === undefined
    ? undefined
    : {
        because: `somebody read it on ${dayOf(day * DAY_MS)}, after it was ${stage}`,
        evidence: { readOn: dayOf(day * DAY_MS), readers: attribute.namedBy.length },
      };
}

function announced(attribute: Attribute, { of, now, settings }: LadderInput): Standing {
  const days = Math.round(settings.watchFor / DAY_MS);
  const from = dayNumber(now) - days;
  const chances = of.readDays.filter((day) => day >= from).length;
  return {
    attribute: attribute.name,
    from: 'kept',
    to: 'announced',
    rule: 'announce',
    because: `nobody named it in ${counted(days, 'day')}, on ${chances} of which ${of.relation} was read`,
    evidence: { days, readDays: chances },
  };
}

function nextStep(known: PrunedAttribute, { now, settings }: LadderInput): Standing {
  const { name, stage, since, because } = known;
  const waited = now - since;
  const wait = stage === 'announced' ? settings.announceFor : settings.hideFor;
  const to = stage === 'announced' ? 'hidden' : 'tombstoned';
  const isLast = stage === 'tombstoned' || (stage === 'hidden' && !settings.tombstones);
  if (isLast || waited < wait) {
    const left = isLast ? '' : `; ${to} in ${formatDuration(wait - waited)}`;
    const evidence = { waitedMs: waited };
    return {
      attribute: name,
      from: stage,
      to: stage,
      rule: 'wait',
      because: `${because}${left}`,
      evidence,
    };
  }
  return {
    attribute: name,
    from: stage,
    to,
    rule: to === 'hidden' ? 'hide' : 'tombstone',
    because: `${because}; ${stage} for ${formatDuration(waited)} without a read`,
    evidence: { waitedMs: waited, neededMs: wait },
  };
}

function inReleases(
  standings: readonly Standing[],
  { pruned, settings }: LadderInput,
): readonly Standing[] {
  const releases = new Set(pruned.map(({ since, stage }) => `${stage} ${since}`)).size;
  const isOpen = pruned.some(({ stage }) => stage === 'announced');
  const room = isOpen ? 0 : settings.mostPerStep * RELEASE_GROWTH ** releases;
  let taken = 0;
  return standings.map((standing) => {
    if (standing.rule !== 'announce') {
      return standing;
    }
    taken += 1;
    return taken <= room
      ? standing
      : {
          ...standing,
          to: 'kept' as const,
          rule: 'next-release',
          because: `${standing.because}; it waits for the next release, because ${isOpen ? 'one is announced already' : `${room} at a time are announced`}`,
        };
  });
}

/** A release is announced where what it saves within `prune.paysWithin` is more than finding out costs. */
function worthMeasuring(
  standings: readonly Standing[],
  { settings, buildCost, savingPerDay }: LadderInput,
): readonly Standing[] {
  const released = standings.filter(({ rule }) => rule === 'announce');
  const days = Math.round(settings.paysWithin / DAY_MS);
  const saving = scaleUsd(
    addUsd(...released.map(({ attribute }) => savingPerDay(attribute))),
    days,
  );
  const cost = scaleUsd(buildCost, BUILDS_TO_MEASURE);
  if (saving >= cost) {
    return standings;
  }
  return standings.map((standing) =>
    standing.rule === 'announce'
      ? {
          ...standing,
          to: 'kept' as const,
          rule: 'worth-measuring',
          because: `${standing.because}; in ${counted(days, 'day')} ${released.length === 1 ? 'it' : `all ${released.length} of them`} would save ${formatUsd(saving)}, and the ${BUILDS_TO_MEASURE} builds that measure it cost ${formatUsd(cost)}`,
          evidence: {
            ...standing.evidence,
            attributes: released.length,
            saving: formatUsd(saving),
            measuring: formatUsd(cost),
          },
        }
      : standing,
  );
}
