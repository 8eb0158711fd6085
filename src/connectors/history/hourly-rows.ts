import type { EpochMs } from '../../base/clock.ts';
import { counted } from '../../base/counted.ts';
import { type BadHistoryRow, type HistoryRow, TEXT_UNKNOWN } from '../history-row.ts';
import type { Told } from './hourly-position.ts';
import type { HourlyGroup } from './hourly-statements.ts';

export interface GroupTold {
  /** The empty text: it was cut, or is empty. */
  readonly text: string | undefined;
  /** What was told of the group before. */
  readonly was: Told | undefined;
}

/**
 * What the group has beyond what was told of it. Runs whose text nobody knows are told in words, and as a row no parser reads, so that
 * coverage counts them (law 11); runs that do what other statements tell in words alone.
 */
export function rowOf(
  group: HourlyGroup,
  { text, was }: GroupTold,
): { readonly row?: HistoryRow; readonly bad?: BadHistoryRow } {
  const { hour, key, counts, sample, row: alike, unreadable, isToldByOthers } = group;
  const beyond = counts.map((value, at) => Math.max(0, value - (was?.[at] ?? 0))) as Told;
  const [runs, cpuMs, durationMs, bytesScanned, rowsReturned] = beyond;
  const row = {
    ...alike,
    // Runs that came late are a row of their own: an id counts once.
    id: `${sample}@${hour}~${key}.${counts[0]}`,
    text: text ?? '',
    runs,
    cpuMs,
    durationMs,
    bytesScanned,
    ...(rowsReturned === undefined ? {} : { rowsReturned }),
  };
  if (row.text !== '') {
    return { row };
  }
  const what = text === '' ? 'was cut, or is empty' : 'is not there any more';
  const because = unreadable ?? `the text of statement ${sample} ${what}`;
  const bad = unread(hour, { runs, because, isToldByOthers });
  // No text is fetched by this id: the one that stands for the group may be any of many.
  const id = `unknown@${hour}.${key}.${counts[0]}`;
  return isToldByOthers === true ? { bad } : { bad, row: { ...row, id, text: TEXT_UNKNOWN } };
}

/** What has to be added to the cost that was told of the group's runs, or taken off it; nothing where they were told in no row. */
export function correctionOf(group: HourlyGroup, { text, was }: GroupTold): HistoryRow | undefined {
  const { hour, key, counts, sample, row } = group;
  if (text === undefined || text === '' || was === undefined) {
    return undefined;
  }
  const [runs, cpuMs] = was;
  return {
    ...row,
    id: `${sample}@${hour}~${key}.${runs}=${counts[1]}`,
    text,
    runs: 0,
    cpuMs: counts[1] - cpuMs,
    corrects: { runs, cpuMs },
  };
}

/** Runs that are known and whose text nobody reads, in words. */
function unread(
  hour: EpochMs,
  {
    runs,
    because,
    isToldByOthers = false,
  }: {
    readonly runs: number;
    readonly because: string;
    readonly isToldByOthers?: boolean | undefined;
  },
): BadHistoryRow {
  const where = `statements that ended in ${new Date(hour).toISOString().slice(0, 13)}h`;
  const [one, some] = isToldByOthers
    ? ['was left out', 'were left out']
    : ['counts as not understood', 'count as not understood'];
  return { where, because: `${counted(runs, 'run')} ${runs === 1 ? one : some}: ${because}` };
}

/** Runs of which nobody can say which they are: a row no parser reads, and in words. */
export function unknownRuns(
  hour: EpochMs,
  told: { readonly runs: number; readonly because: string; readonly ofHour: number },
): { readonly row: HistoryRow; readonly bad: BadHistoryRow } {
  const { runs, ofHour } = told;
  return {
    row: {
      id: `unknown@${hour}.late.${ofHour}`,
      text: TEXT_UNKNOWN,
      endedAt: hour,
      status: 'unknown',
      runs,
    },
    bad: unread(hour, told),
  };
}

/** The statement whose text a row has, and the hour it ended in; nothing where the id is not one of ours. */
export function runOf(id: string): { readonly sample: string; readonly hour: EpochMs } | undefined {
  const [, sample, hour] = /^(.+)@(\d+)~/.exec(id) ?? [];
  return sample === undefined ? undefined : { sample, hour: Number(hour) };
}
