import { DAY_MS, type EpochMs } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import type { RelationId } from '../base/relation.ts';
import { formatUsd, type NanoUsd } from '../base/usd.ts';
import type { Candidate } from '../candidates/candidate.ts';
import { rangeableBy } from '../candidates/ranged-by.ts';
import type { PriceEntry } from '../cost/price-list.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import {
  type RefreshWork,
  rangedRefreshMs,
  wholeRefreshMs,
  worthwhileShare,
} from '../cost/refresh-cost.ts';
import type { Mart } from '../marts/mart.ts';
import type { RangedBuild, RangedBy } from '../marts/ranges.ts';
import type { CycleInput } from './cycle-input.ts';
import { short } from './numbers.ts';
import type { Survey } from './survey.ts';

/** When a mart is built again, and how much of it: one of several that keep the same staleness bound. */
export interface RefreshPolicy {
  /** `on-change`: in the first cycle that sees a change. `scheduled`: as late as its strictest reader allows. */
  readonly when: 'on-change' | 'scheduled';
  /** `by-range`: only what changed, where that is proved to be the rest. */
  readonly how: 'whole' | 'by-range';
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
}

/** Prices the ways to keep a mart fresh and takes the cheapest; equal in price, the fresher and the simpler. */
export function chooseRefresh(question: RefreshQuestion): RefreshChoice {
  const { candidate, mart, input, seen, changesPerDay } = question;
  const work: RefreshWork = { ...question.work, wholeEvery: input.policy.wholeProofEvery };
  const apart = rangeableBy(candidate, { dialect: input.dialect, rowsOf: seen.rowsOf });
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
  const isWorthwhile = expected.share <= mostChanged;
  const priced = { work, price: seen.price };
  const simplest = policy({ ...onChange, how: 'whole' }, priced);
  const others = moments.flatMap((moment) => [
    ...(moment === onChange ? [] : [policy({ ...moment, how: 'whole' }, priced)]),
    ...(isWorthwhile
      ? [policy({ ...moment, how: 'by-range', share: expected.share }, priced)]
      : []),
  ]);
  const offered = [simplest, ...others].toSorted((a, b) => Number(a.perDay - b.perDay));
  const chosen = offered[0] ?? simplest;
  const flip =
    apart.kind === 'whole'
      ? `as one piece, because ${apart.because}`
      : rangeWords(apart.by, { expected, mostChanged });
  return {
    chosen,
    offered,
    ...(apart.kind === 'whole' ? {} : { by: apart.by }),
    ...(apart.kind === 'ranged' && mostChanged > 0
      ? { ranged: rangedBuild(apart.by, { mart, input, mostChanged }) }
      : {}),
    told: words(chosen, everyMs),
    because: `${words(chosen, everyMs)}${beside(chosen, { offered, everyMs })}; ${flip}${readerWords(candidate)}`,
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

interface Expected {
  /** Of the driving source's rows, that lie in ranges which change between two refreshes. */
  readonly share: number;
  readonly because: string;
}

const UNKNOWN: Expected = { share: 1, because: 'how much changes at a time is not known yet' };

/** As refreshes have shown; before the first, what its writers do; and where nobody saw them, everything. */
function expectedShare(
  source: RelationId,
  { mart, input }: { readonly mart: Mart | undefined; readonly input: CycleInput },
): Expected {
  const shown = mart?.current?.ranges?.changedShare;
  if (shown !== undefined) {
    return { share: shown, because: `${Math.round(shown * 100)} % did in the last refreshes` };
  }
  const writers = input.usage.templates.filter(
    ({ shape }) => shape.statement === 'write' && shape.target === source,
  );
  const appends = writers.filter(({ normalForm }) => APPENDS.test(normalForm));
  return writers.length > 0 && appends.length === writers.length
    ? {
        share: APPENDED_SHARE,
        because: `${Math.round(APPENDED_SHARE * 100)} % are expected, since all its ${writers.length} kinds of write append`,
      }
    : UNKNOWN;
}

/** `insert or replace`, `insert overwrite` and their like are not among them. */
const APPENDS = /^(insert into|copy)\b/i;
/** New rows fall into few ranges, but late ones anywhere. */
const APPENDED_SHARE = 0.25;

function policy(
  of: Pick<RefreshPolicy, 'when' | 'how' | 'refreshesPerDay'> & { readonly share?: number },
  { work, price }: { readonly work: RefreshWork; readonly price: PriceEntry },
): RefreshPolicy {
  const { when, how, refreshesPerDay, share = 1 } = of;
  const cpuMs = how === 'whole' ? wholeRefreshMs(work) : rangedRefreshMs(work, share);
  return { when, how, refreshesPerDay, cpuMs, perDay: priceCpuMs(refreshesPerDay * cpuMs, price) };
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
  { when, how, refreshesPerDay, perDay }: RefreshPolicy,
  everyMs: number | undefined,
): string {
  const moment =
    when === 'on-change'
      ? 'when sources change'
      : `every ${formatDuration(everyMs ?? 0)} when sources change`;
  return `${how === 'whole' ? 'whole' : 'by range'} ${moment}: ${short(refreshesPerDay)} a day, ${formatUsd(perDay)}`;
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
