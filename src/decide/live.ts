import { DAY_MS, type EpochMs } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import type { RelationId } from '../base/relation.ts';
import { formatUsd, nanoUsd } from '../base/usd.ts';
import type { Mart, MartDefinition } from '../marts/mart.ts';
import type { WorkDone } from '../marts/receipt.ts';
import { besideWords } from './beside-words.ts';
import type { CycleInput, MartMatter } from './cycle-input.ts';
import { whyRefreshRests } from './failed-refresh.ts';
import { maySleepOn } from './refresh-policy.ts';
import type { Reservation } from './reservation.ts';
import { type Freshness, freshnessOf, pinnedBound, staleAt } from './staleness.ts';
import type { Merge } from './standing.ts';
import type { Weighed } from './weigh.ts';
import { whyLetGo } from './why-let-go.ts';
import { whyRollBack } from './why-roll-back.ts';

/** What becomes of a physical mart in this cycle. */
export type NextLife =
  | { readonly kind: 'renew'; readonly because: string }
  | { readonly kind: 'refresh'; readonly because: string; readonly isStale: boolean }
  | { readonly kind: 'wait'; readonly because: string }
  | {
      readonly kind: 'withdraw';
      readonly because: string;
      readonly isUrgent: boolean;
      /** Let go by the calendar, to come back: the day its next season begins. */
      readonly untilSeason?: string | undefined;
      /** Let go because others answer in its place: who takes over. */
      readonly merge?: Merge | undefined;
    };

/**
 * A physical mart stays as long as it earns its upkeep and its freshness can be proved: renewed where its sources
 * are as at the build, refreshed where they changed, and a view again where neither is possible in time.
 */
export function nextLife(
  weighed: Weighed,
  {
    mart,
    input,
    canRefresh,
    isNeeded = false,
  }: {
    readonly mart: Mart;
    readonly input: CycleInput;
    /** Whoever would answer in its place is being let go, or is too young to be relied on: then it stays for another cycle. */
    readonly isNeeded?: boolean;
    readonly canRefresh:
      | { readonly kind: 'yes' }
      | { readonly kind: 'no'; readonly because: string };
  },
): NextLife {
  const { candidate, refresh } = weighed.appraisal;
  const { definition } = candidate;
  const { now, cyclePeriodMs } = input;
  const broken = matterOf(definition.relation, input.drift?.broken);
  if (broken !== undefined) {
    return { kind: 'wait', because: whileBroken(mart, broken) };
  }
  const isHeld = input.held?.drops.includes(definition.relation) === true;
  const gone = isHeld ? undefined : whyGiveUp(weighed, input);
  if (gone !== undefined && !(isNeeded && gone.merge !== undefined)) {
    const { reservation } = weighed.asked;
    const untilSeason = reservation.kind === 'let-go' ? reservation.from : undefined;
    return { kind: 'withdraw', isUrgent: false, untilSeason, ...gone };
  }
  const pinned = pinnedBound(candidate, cyclePeriodMs);
  if (pinned !== undefined) {
    return { kind: 'withdraw', because: pinned.because, isUrgent: true };
  }
  if (mart.current === undefined) {
    return { kind: 'withdraw', because: 'the ledger knows no version of it', isUrgent: true };
  }
  const until = staleAt(mart.current, definition);
  const redefined = matterOf(definition.relation, input.drift?.redefined);
  const doubted = matterOf(definition.relation, input.drift?.doubted);
  const asOf = freshnessOf(mart.current, input.sourceStates);
  const notKept = whyNotKept(mart);
  const why = redefined ?? (asOf.kind === 'fresh' ? notKept : undefined);
  const freshness: Freshness =
    why === undefined ? asOf : { kind: 'changed', relation: definition.relation, because: why };
  if (freshness.kind === 'fresh') {
    return {
      kind: 'renew',
      because: `its sources are as they were at the build${keptFor(weighed.asked.reservation)}`,
    };
  }
  if (freshness.kind === 'changed' && doubted !== undefined && mart.held === undefined) {
    return until <= now + cyclePeriodMs
      ? {
          kind: 'withdraw',
          because: `${doubted}; ${tooOld(definition, { until, now })}`,
          isUrgent: true,
        }
      : {
          kind: 'wait',
          because: `${doubted}; it may still answer for ${formatDuration(until - now)}`,
        };
  }
  const mayWait = redefined === undefined && mart.held === undefined;
  if (
    mayWait &&
    freshness.kind === 'changed' &&
    maySleepOn(refresh.chosen, { now, until, cyclePeriodMs })
  ) {
    return {
      kind: 'wait',
      because: `${freshness.because}; it may still answer for ${formatDuration(until - now)}, and is refreshed ${refresh.told}`,
    };
  }
  const isLastChance = until <= now + cyclePeriodMs;
  const rests =
    freshness.kind === 'changed' ? whyRefreshRests(mart, { ...input, isLastChance }) : undefined;
  if (freshness.kind === 'changed' && canRefresh.kind === 'yes' && rests === undefined) {
    const isStale = until <= now || redefined !== undefined;
    return {
      kind: 'refresh',
      because: freshness.because,
      isStale: isStale && mart.held === undefined,
    };
  }
  const hindered = canRefresh.kind === 'no' ? canRefresh.because : rests;
  const because =
    hindered === undefined ? freshness.because : `${freshness.because}, and ${hindered}`;
  if (rests !== undefined && mart.held !== undefined) {
    return { kind: 'wait', because };
  }
  return isLastChance || redefined !== undefined
    ? {
        kind: 'withdraw',
        because: redefined ?? `${because}; ${tooOld(definition, { until, now })}`,
        isUrgent: true,
      }
    : {
        kind: 'wait',
        because: `${because}; it may still answer for ${formatDuration(until - now)}`,
      };
}

/** Why the version readers have is no longer the warehouse's to keep, though its sources may stand. */
function whyNotKept({ current, notNative }: Mart): string | undefined {
  if (current?.native === undefined) {
    return undefined;
  }
  const { kind, isFormer } = current.native;
  if (isFormer === true) {
    return `its sources were followed, and the warehouse keeps the ${kind} by the definition of before`;
  }
  return (notNative?.kind ?? kind) === kind ? notNative?.because : undefined;
}

function matterOf(
  relation: RelationId,
  matters: readonly MartMatter[] | undefined,
): string | undefined {
  return matters?.find((one) => one.relation === relation)?.because;
}

/** Nothing can be built from a definition that cannot be computed: readers keep what they have. */
function whileBroken({ current, held }: Mart, because: string): string {
  if (held === undefined || current === undefined) {
    return because;
  }
  const asOf = new Date(current.verifiedFreshAt).toISOString();
  return `${because}; readers keep version ${current.version}, as of ${asOf}, until it is followed or a person decides`;
}

function tooOld(
  { maxStalenessMs }: Pick<MartDefinition, 'maxStalenessMs'>,
  { until, now }: { readonly until: EpochMs; readonly now: EpochMs },
): string {
  return `its answers may be ${formatDuration(maxStalenessMs)} old, which ${passes(until, now)}`;
}

function passes(until: EpochMs, now: EpochMs): string {
  return until <= now ? 'has passed' : 'passes before the next cycle';
}

function keptFor(reservation: Reservation): string {
  return reservation.kind === 'keep'
    ? `; it is kept for ${reservation.from} to ${reservation.until}, when it is expected to save ${formatUsd(reservation.seasonSaves)}`
    : '';
}

/**
 * Why a mart does not earn what it costs, or may not stay; absent where it does and may. What was a table before it was taken over
 * is not made a view for its money: its readers had a table.
 */
function whyGiveUp(
  { appraisal, accumulator, asked, merge }: Weighed,
  input: CycleInput,
): { readonly because: string; readonly merge?: Merge } | undefined {
  const { candidate } = appraisal;
  const { relation, origin } = candidate.definition;
  if (origin === 'adopted' && !input.adoptable.some(({ view }) => view === relation)) {
    return { because: 'it is no longer listed as adoptable' };
  }
  const [objection] = candidate.objections;
  if (objection !== undefined) {
    return { because: objection };
  }
  const slower = whyRollBack(input.receipts.filter((each) => each.relation === relation));
  if (slower !== undefined) {
    return { because: slower };
  }
  if (appraisal.mart?.was === 'table') {
    return undefined;
  }
  const lost = whyLetGo(asked, accumulator);
  if (lost !== undefined) {
    return merge === undefined
      ? { because: lost }
      : { because: `${besideWords(merge)}; ${lost}`, merge };
  }
  const isYoung = lifetimeOf({ accumulator }, input) < input.policy.minimumLifeDays * DAY_MS;
  const measured =
    isYoung || asked.reservation.kind === 'keep' ? undefined : realizedLoss({ appraisal }, input);
  return measured === undefined ? undefined : { because: measured };
}

/** Milliseconds since it became physical. */
export function lifetimeOf(
  { accumulator }: Pick<Weighed, 'accumulator'>,
  { now }: Pick<CycleInput, 'now'>,
): number {
  return now - accumulator.stageSince;
}

/** Spent whatever becomes of the mart: trying first uses, and a share of what no mart caused. */
export const SPENT_ONCE: ReadonlySet<WorkDone['kind']> = new Set(['first-use', 'running']);

/**
 * Where the latest matured money receipt shows a loss even without what is done once (the build, first uses) and what no mart caused (a share of running Goldsmith).
 * That is spent: a mart that saves more than it costs to keep is worth keeping, however long its build takes to come in again.
 */
function realizedLoss(
  { appraisal: { candidate, estimate } }: Pick<Weighed, 'appraisal'>,
  { receipts, policy, workDone }: CycleInput,
): string | undefined {
  const [latest] = receipts
    .filter(({ relation, line }) => relation === candidate.definition.relation && line !== 'time')
    .filter(({ matured, rolledBack }) => matured && !rolledBack)
    .toSorted((a, b) => b.until - a.until || (a.decision < b.decision ? -1 : 1));
  if (latest === undefined || latest.net >= 0n) {
    return undefined;
  }
  const days = (latest.until - latest.from) / DAY_MS;
  const once = workDone
    .filter(({ relation, kind }) => relation === latest.relation && SPENT_ONCE.has(kind))
    .filter(({ at }) => at >= latest.from)
    .reduce((sum, { cost }) => sum + cost, 0n);
  const running = latest.net + estimate.buildCost + once;
  if (days < policy.minimumLifeDays || running >= 0n) {
    return undefined;
  }
  return `measured over ${days.toFixed(1)} days it saved ${formatUsd(nanoUsd(latest.realizedGross))} and cost ${formatUsd(nanoUsd(latest.debits))}`;
}
