import { DAY_MS, type EpochMs } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { formatUsd, type NanoUsd } from '../base/usd.ts';
import type { Candidate } from '../candidates/candidate.ts';
import { rangeableBy } from '../candidates/ranged-by.ts';
import type { NativeOffer } from '../connectors/native-offer.ts';
import type { PriceEntry } from '../cost/price-list.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import {
  addedRefreshMs,
  byItselfMs,
  inPlaceRefreshMs,
  type RefreshWork,
  rangedRefreshMs,
  wholeRefreshMs,
  worthwhileShare,
} from '../cost/refresh-cost.ts';
import type { GrownBuild } from '../marts/growth.ts';
import type { Mart } from '../marts/mart.ts';
import type { NativeKind } from '../marts/native-shape.ts';
import type { RangedBuild, RangedBy } from '../marts/ranges.ts';
import type { CycleInput } from './cycle-input.ts';
import { type Expected, expectedShare, expectedToFallBack, UNKNOWN } from './expected-changes.ts';
import { additionWords, growableHere, grownBuild } from './grown-refresh.ts';
import { type NativeChoice, nativeHere, nativeWords } from './native-refresh.ts';
import { short } from './numbers.ts';
import type { Survey } from './survey.ts';

/** When a mart is built again, and how much of it: one of several that keep the same staleness bound. */
export interface RefreshPolicy {
  /** `on-change`: in the first cycle that sees a change. `scheduled`: as late as its strictest reader allows. */
  readonly when: 'on-change' | 'scheduled';
  /**
   * `by-range`: only what changed, where that is proved to be the rest. `by-addition`: what was added to a source, added to what is
   * there. `in-place`: the warehouse keeps it itself, and is told.
   */
  readonly how: 'whole' | 'by-range' | 'by-addition' | 'in-place';
  /** As what the warehouse keeps it, where it is to. */
  readonly as?: NativeKind;
  readonly refreshesPerDay: number;
  /** Thread time of one. */
  readonly cpuMs: number;
  readonly perDay: NanoUsd;
}

export interface RefreshChoice {
  readonly chosen: RefreshPolicy;
  /** All that were priced, cheapest first. */
  readonly offered: readonly RefreshPolicy[];
  /** The column its ranges are told by; absent where it is computed as one piece. */
  readonly by?: RangedBy;
  /** For the build, where ranges may be worth while. */
  readonly ranged?: RangedBuild;
  /** For the build, where what is added to a source can be added to what the mart holds. */
  readonly grown?: GrownBuild;
  /** Given where the warehouse is to keep it itself. */
  readonly native?: NativeChoice;
  /** The chosen one, in words. */
  readonly told: string;
  /** All of them in words and numbers, with what would turn it. */
  readonly because: string;
}

export interface RefreshQuestion {
  readonly candidate: Candidate;
  readonly mart: Mart | undefined;
  readonly input: CycleInput;
  readonly seen: Pick<Survey, 'rowsOf' | 'price'>;
  /** How often its sources change, at most once a cycle. */
  readonly changesPerDay: number;
  readonly work: Omit<RefreshWork, 'wholeEvery'>;
  /** Some of its statements come by `route`, which answers from versions that never change alone. */
  readonly isRouted: boolean;
}

/** Prices the ways to keep a mart fresh and takes the cheapest; equal in price, the fresher and the simpler. */
export function chooseRefresh(question: RefreshQuestion): RefreshChoice {
  const { candidate, mart, input, seen, changesPerDay } = question;
  const work: RefreshWork = { ...question.work, wholeEvery: input.policy.wholeProofEvery };
  const apart = rangeableBy(candidate, { dialect: input.dialect, rowsOf: seen.rowsOf });
  const growable = growableHere(candidate, { input, rowsOf: seen.rowsOf });
  const fallsBack =
    growable.kind === 'grown' ? expectedToFallBack(growable.by.source, { mart, input }) : 1;
  const expected =
    apart.kind === 'ranged' ? expectedShare(apart.by.source, { mart, input }) : UNKNOWN;
  const mostChanged = apart.kind === 'ranged' ? worthwhileShare(work) : 0;
  const everyMs = scheduleOf(candidate.definition.maxStalenessMs, input.cyclePeriodMs);
  const onChange = { when: 'on-change', refreshesPerDay: changesPerDay } as const;
  const moments = [
    onChange,
    ...(everyMs === undefined
      ? []
      : [
          {
            when: 'scheduled',
            refreshesPerDay: Math.min(changesPerDay, DAY_MS / everyMs),
          } as const,
        ]),
  ];
  const { isRouted } = question;
  const native = nativeHere(candidate, { mart, input, isRouted });
  const choices = native.kind === 'native' ? native.choices : [];
  const isWorthwhile = expected.share <= mostChanged;
  const priced = { work, price: seen.price };
  const simplest = policy({ ...onChange, how: 'whole' }, priced);
  const others = moments.flatMap((moment) => [
    ...(moment === onChange ? [] : [policy({ ...moment, how: 'whole' }, priced)]),
    ...(isWorthwhile
      ? [policy({ ...moment, how: 'by-range', share: expected.share }, priced)]
      : []),
    ...(growable.kind === 'grown'
      ? [policy({ ...moment, how: 'by-addition', share: ADDED_SHARE, fallsBack }, priced)]
      : []),
    ...choices.map(({ offer }) => {
      // What keeps itself up to date does so at each change, whenever it is looked at.
      const byItselfPerDay = offer.keepsItself === true ? changesPerDay : 0;
      const kept = { as: offer.kind, offer, byItselfPerDay, share: CHANGED_SHARE } as const;
      return policy({ ...moment, how: 'in-place', ...kept }, priced);
    }),
  ]);
  const offered = [simplest, ...others].toSorted((a, b) => Number(a.perDay - b.perDay));
  const chosen = offered[0] ?? simplest;
  const isNative = chosen.how === 'in-place';
  const kept = choices.find(({ shape }) => shape.kind === chosen.as);
  const flip =
    apart.kind === 'whole'
      ? `as one piece, because ${apart.because}`
      : rangeWords(apart.by, { expected, mostChanged });
  const ranged =
    apart.kind === 'ranged' && mostChanged > 0 && chosen.how !== 'by-addition' && !isNative
      ? rangedBuild(apart.by, { mart, input, mostChanged })
      : undefined;
  return {
    chosen,
    offered,
    ...(apart.kind === 'whole' || isNative ? {} : { by: apart.by }),
    ...(kept === undefined ? {} : { native: kept }),
    ...(ranged === undefined ? {} : { ranged }),
    ...(growable.kind === 'grown' && ranged === undefined && !isNative
      ? { grown: grownBuild(growable, { candidate, mart, input }) }
      : {}),
    told: words(chosen, everyMs),
    because: `${words(chosen, everyMs)}${beside(chosen, { offered, everyMs })}${isNative ? '' : `; ${flip}${additionWords(growable, { fallsBack, input })}`}${nativeWords(native, kept)}${readerWords(candidate)}`,
  };
}

function readerWords({ strictest }: Candidate): string {
  return strictest === undefined
    ? ''
    : `; ${strictest.reader} is its strictest reader: at most ${formatDuration(strictest.maxStalenessMs)} old`;
}

/**
 * A mart that is refreshed by schedule waits for its last chance but one: a cycle that fails leaves another. Absent where the
 * bound leaves no room to wait.
 */
export function scheduleOf(maxStalenessMs: number, cyclePeriodMs: number): number | undefined {
  const cycles = Math.floor(maxStalenessMs / cyclePeriodMs) - SPARE_CYCLES;
  return cycles >= 2 ? cycles * cyclePeriodMs : undefined;
}

/** Whether a changed mart of this policy may go on answering for now. */
export function maySleepOn(
  { when }: Pick<RefreshPolicy, 'when'>,
  {
    now,
    until,
    cyclePeriodMs,
  }: {
    readonly now: EpochMs;
    readonly until: EpochMs;
    readonly cyclePeriodMs: number;
  },
): boolean {
  return when === 'scheduled' && until > now + SPARE_CYCLES * cyclePeriodMs;
}

const SPARE_CYCLES = 2;

/** Of a source's rows, added from one refresh to the next. */
const ADDED_SHARE = 0.02;
/** Of what a definition gives, what a warehouse that computes changes alone computes from one refresh to the next. */
const CHANGED_SHARE = 0.1;

function policy(
  of: Pick<RefreshPolicy, 'when' | 'how' | 'refreshesPerDay'> & {
    readonly share?: number;
    readonly fallsBack?: number;
    readonly as?: NativeKind;
    readonly offer?: Pick<NativeOffer, 'refresh' | 'keepsItself'>;
    readonly byItselfPerDay?: number;
  },
  { work, price }: { readonly work: RefreshWork; readonly price: PriceEntry },
): RefreshPolicy {
  const { when, how, refreshesPerDay, share = 1, fallsBack = 1, byItselfPerDay = 0 } = of;
  const told = {
    whole: () => wholeRefreshMs(work),
    'by-range': () => rangedRefreshMs(work, share),
    'by-addition': () => addedRefreshMs(work, { share, fallsBack }),
    'in-place': () =>
      inPlaceRefreshMs(work, {
        kind: of.offer?.refresh ?? 'whole',
        share,
        keepsItself: of.offer?.keepsItself,
      }),
  }[how]();
  const byItself = byItselfPerDay * byItselfMs(work, share);
  const cpuMs = refreshesPerDay > 0 ? told + byItself / refreshesPerDay : told;
  const as = of.as === undefined ? {} : { as: of.as };
  const perDay = priceCpuMs(refreshesPerDay * cpuMs, price);
  return { when, how, ...as, refreshesPerDay, cpuMs, perDay };
}

function rangedBuild(
  by: RangedBy,
  {
    mart,
    input,
    mostChanged,
  }: {
    readonly mart: Mart | undefined;
    readonly input: CycleInput;
    readonly mostChanged: number;
  },
): RangedBuild {
  const since = mart?.current?.ranges?.sinceWhole ?? 0;
  return {
    by,
    rowsPerRange: input.caps.steps?.sourceRows ?? ROWS_PER_RANGE,
    mostChanged: Math.round(mostChanged * 1000) / 1000,
    proveWhole: since + 1 >= input.policy.wholeProofEvery,
  };
}

const ROWS_PER_RANGE = 5_000_000;

function words(
  { when, how, as, refreshesPerDay, perDay }: RefreshPolicy,
  everyMs: number | undefined,
): string {
  const moment =
    when === 'on-change'
      ? 'when sources change'
      : `every ${formatDuration(everyMs ?? 0)} when sources change`;
  const kept = as === undefined ? '' : ` as a ${as}`;
  return `${how.replace('-', ' ')}${kept} ${moment}: ${short(refreshesPerDay)} a day, ${formatUsd(perDay)}`;
}

function beside(
  chosen: RefreshPolicy,
  {
    offered,
    everyMs,
  }: { readonly offered: readonly RefreshPolicy[]; readonly everyMs: number | undefined },
): string {
  const others = offered.filter((each) => each !== chosen).map((each) => words(each, everyMs));
  return others.length === 0 ? '' : `; instead of ${others.join(', or ')}`;
}

function rangeWords(
  { column, source }: RangedBy,
  { expected, mostChanged }: { readonly expected: Expected; readonly mostChanged: number },
): string {
  const percent = (part: number) => `${Math.round(part * 100)} %`;
  return mostChanged <= 0
    ? `ranges of ${column} would cost more to tell apart than they save`
    : `ranges of ${column} pay up to ${percent(mostChanged)} of ${source} changed at a time, and ${expected.because}`;
}
