import { BASE_RUNS_PER_REPLAY, COMPARE_FACTOR, FACTS_FACTOR, WRITE_FACTOR } from './estimate.ts';

/** What the price of a refresh is made of; times are thread time. */
export interface RefreshWork {
  readonly definitionCpuMs: number;
  /** Base costs of the statements a refresh replays. */
  readonly replayedCpuMs: readonly number[];
  /** Reading what a version holds once. */
  readonly readCpuMs: number;
  /** A refresh by range is compared with its whole definition every so many times. */
  readonly wholeEvery: number;
}

/** Everything computed, compared and replayed. */
export function wholeRefreshMs({ definitionCpuMs, replayedCpuMs }: RefreshWork): number {
  return definitionCpuMs * (WRITE_FACTOR + COMPARE_FACTOR + FACTS_FACTOR) + replay(replayedCpuMs);
}

/**
 * Changed ranges computed and compared, the others copied. Sources are read either way, to tell what changed: here by range. The
 * comparison of the whole that comes every so many times is spread over all.
 */
export function rangedRefreshMs(work: RefreshWork, changedShare: number): number {
  const { definitionCpuMs, replayedCpuMs, readCpuMs, wholeEvery } = work;
  const share = Math.min(1, Math.max(0, changedShare));
  const computed = definitionCpuMs * (share * (WRITE_FACTOR + COMPARE_FACTOR) + FACTS_FACTOR);
  const whole = definitionCpuMs * (1 - share) * COMPARE_FACTOR + replay(replayedCpuMs);
  return computed + READS_OF_A_COPY * readCpuMs + STATEMENTS_MS + whole / Math.max(1, wholeEvery);
}

/**
 * What was added to the driving source computed, twice to compare, and merged with what the mart holds; sources are read to tell that
 * nothing else changed. Where it did, everything is computed after that.
 */
export function addedRefreshMs(
  work: RefreshWork,
  { share, fallsBack }: { readonly share: number; readonly fallsBack: number },
): number {
  const { definitionCpuMs, replayedCpuMs, readCpuMs, wholeEvery } = work;
  const told = definitionCpuMs * FACTS_FACTOR + STATEMENTS_MS;
  const computed = TIMES_ADDED * share * definitionCpuMs + READS_OF_A_MERGE * readCpuMs;
  const whole = definitionCpuMs * COMPARE_FACTOR + replay(replayedCpuMs);
  const added = told + computed + whole / Math.max(1, wholeEvery);
  return (1 - fallsBack) * added + fallsBack * (wholeRefreshMs(work) + STATEMENTS_MS);
}

/**
 * The warehouse brings it up to date in its place. Where that computes all of it again, all is compared, too, and rows that differ
 * are looked for; where it computes changes alone, all is compared every so many times. Of what keeps itself, only what it rests on is
 * looked at.
 */
export function inPlaceRefreshMs(
  work: RefreshWork,
  {
    kind,
    share,
    keepsItself = false,
  }: {
    readonly kind: 'whole' | 'incremental';
    readonly share: number;
    readonly keepsItself?: boolean | undefined;
  },
): number {
  const { definitionCpuMs, readCpuMs, wholeEvery } = work;
  if (kind === 'whole') {
    const computed = definitionCpuMs * (WRITE_FACTOR + COMPARE_FACTOR + FACTS_FACTOR);
    return computed + READS_OF_A_DIFFERENCE * readCpuMs;
  }
  const told = keepsItself ? 0 : share * WRITE_FACTOR;
  const computed = definitionCpuMs * (told + FACTS_FACTOR);
  return computed + STATEMENTS_MS + (definitionCpuMs * COMPARE_FACTOR) / Math.max(1, wholeEvery);
}

/** What the warehouse computes each time it brings one up to date by itself, where changes alone are computed. */
export function byItselfMs({ definitionCpuMs }: RefreshWork, share: number): number {
  return definitionCpuMs * share * WRITE_FACTOR;
}

/** Up to which share of its source a refresh by range costs no more than a whole one; 0 where never. */
export function worthwhileShare(work: RefreshWork): number {
  const [none, all] = [rangedRefreshMs(work, 0), rangedRefreshMs(work, 1)];
  const share = (wholeRefreshMs(work) - none) / (all - none);
  return Number.isFinite(share) ? Math.min(MOST_SHARE, Math.max(0, share)) : 0;
}

/** Read, written, and read twice to compare. */
const READS_OF_A_COPY = 4;
/** Both sides of the difference. */
const READS_OF_A_DIFFERENCE = 2;
/** To be merged, and to be compared. */
const TIMES_ADDED = 2;
/** Read twice, written, read three times to compare and to mark. */
const READS_OF_A_MERGE = 6;
/** Planning and committing the statements it takes beyond those of a whole refresh. */
const STATEMENTS_MS = 8;
/** Beyond this the copy saves too little to be worth its moving parts. */
const MOST_SHARE = 0.8;

function replay(cpuMs: readonly number[]): number {
  return BASE_RUNS_PER_REPLAY * cpuMs.reduce((sum, each) => sum + each, 0);
}
