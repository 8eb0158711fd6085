import type { EpochMs } from '../../base/clock.ts';
import type { BadHistoryRow, HistoryQuestion, HistoryRow } from '../history-row.ts';
import type { Rates, Told } from './hourly-position.ts';

/** From its beginning to before its end. */
export interface Hours {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Runs of one hour that are alike in everything but the moment and literals. */
export interface HourlyGroup {
  readonly hour: EpochMs;
  /** The same over reads, within its hour. */
  readonly key: string;
  /** Groups whose texts are alike; absent: why no text is asked for. */
  readonly hash: string | undefined;
  readonly unreadable?: string;
  /** What they do other statements tell (scripts, answers out of a cache): that their texts are not read leaves nothing out. */
  readonly isToldByOthers?: true;
  /** The statement whose text stands for the group. */
  readonly sample: string;
  readonly counts: Told;
  readonly row: Omit<
    HistoryRow,
    'id' | 'text' | 'runs' | 'cpuMs' | 'durationMs' | 'bytesScanned' | 'rowsReturned'
  >;
}

/** A warehouse's own history, asked in its own SQL. */
export interface HourlyStatements {
  /** Another one where keys of groups mean something else than before: by the settings, or by another release of ours. */
  readonly grouping: string;
  /** Phase A: groups of these hours, without texts. Their number is bounded by the statement that asks. */
  groups(
    hours: Hours,
    options: ReadOptions & {
      readonly rates: Rates;
      /** What each run cost is known by now (`settledAfterMs`): it is told, not estimated. */
      readonly isSettled?: boolean;
    },
  ): Promise<readonly HourlyGroup[]>;
  /** Present where what each run cost arrives later than the run: it is complete so long after the end of an hour. */
  readonly settledAfterMs?: number;
  /** Runs by hour. */
  counts(hours: Hours, options: ReadOptions): Promise<ReadonlyMap<EpochMs, number>>;
  /** Phase B: texts of these statements, which ended in these hours; those that are not there are left out. */
  texts(
    ids: readonly string[],
    hours: Hours,
    options: ReadOptions,
  ): Promise<ReadonlyMap<string, string>>;
  /** What sets costs right, where it arrives later: asked once a day, and kept with the position. */
  rates?(
    before: Rates,
    options: ReadOptions & {
      /** When it was asked last; absent: never. */
      readonly since: EpochMs | undefined;
    },
  ): Promise<{
    readonly rates: Rates;
    readonly bad: readonly BadHistoryRow[];
    /** The hours of the bill they are by: what was told of these is set right. Absent: they are no hour's last word. */
    readonly billed?: Hours;
  }>;
  /** What `rates` asks, each question by itself and whatever the others answer. */
  readonly rateQuestions?: readonly HistoryQuestion[];
}
