import { type EpochMs, HOUR_MS } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import { cellText } from '../cell-text.ts';
import type { Cell } from '../connector.ts';
import type { BadHistoryRow, HistoryRow } from '../history-row.ts';
import type { Told } from './jobs-position.ts';
import { GROUPS_AN_HOUR, type JobsRelation } from './jobs-sql.ts';

/** The runs of one hash, user, labels and outcome in one hour. */
export interface JobGroup {
  readonly hour: EpochMs;
  /** The same over reads, within its hour. */
  readonly key: string;
  /** Absent: the runs that are not told one by one. */
  readonly hash: string | undefined;
  readonly user: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly outcome: HistoryRow['status'];
  readonly isCached: boolean;
  /** Runs, work in milliseconds of the priced unit, duration, bytes processed. */
  readonly counts: Told;
  readonly lastEnd: EpochMs;
  /** The job whose text stands for the group. */
  readonly sample: string;
}

const TIB = 2 ** 40;

/** A row of phase A. Work by bytes counts a TiB as an hour, so that the price of an hour is that of a TiB. */
export function readGroup(row: readonly Cell[], { billing }: JobsRelation): JobGroup {
  const [hour, hash, user, labels, outcome, cached, runs, work, duration, bytes, lastEnd, sample] =
    row;
  const billed = Number(work ?? 0);
  const isHidden = work === null;
  return {
    hour: Number(hour),
    key: digestOf([hash, user, labels, outcome, cached, isHidden]).slice(0, 12),
    hash: hash === null ? undefined : cellText(hash),
    user: cellText(user),
    tags: tagsOf(cellText(labels)),
    outcome: OUTCOMES.find((one) => one === outcome) ?? 'unknown',
    isCached: cached === true,
    counts: [
      Number(runs),
      billing === 'bytes' ? (billed / TIB) * HOUR_MS : billed,
      Number(duration ?? 0),
      Number(bytes ?? 0),
    ],
    lastEnd: Number(lastEnd),
    sample: cellText(sample),
  };
}

const OUTCOMES = ['success', 'failed', 'cancelled'] as const;

export type GroupTold =
  | { readonly kind: 'row'; readonly row: HistoryRow }
  | { readonly kind: 'bad'; readonly bad: BadHistoryRow }
  | { readonly kind: 'nothing-new' };

/**
 * What the group has beyond what was told of it. Work that nobody tells (another contract's runs, tables with row policies) is none:
 * it is never guessed from the time it took.
 */
export function rowOf(
  group: JobGroup,
  { was, text }: { readonly was: Told | undefined; readonly text: string | undefined },
): GroupTold {
  const since = was ?? [0, 0, 0, 0];
  const [runs, cpuMs, durationMs, bytesScanned] = group.counts.map((value, at) =>
    Math.max(0, value - (since[at] ?? 0)),
  ) as Told;
  if (runs === 0) {
    return { kind: 'nothing-new' };
  }
  const where = `jobs that ended in ${new Date(group.hour).toISOString().slice(0, 13)}h`;
  if (group.hash === undefined) {
    const because = `${runs} runs (${group.outcome}) are beyond the ${GROUPS_AN_HOUR} dearest groups of their hour, or have no hash`;
    return { kind: 'bad', bad: { where, because } };
  }
  if (text === undefined) {
    const because = `the text of ${runs} runs of job ${group.sample} is not there, or was cut`;
    return { kind: 'bad', bad: { where, because } };
  }
  return {
    kind: 'row',
    row: {
      id: `${group.sample}@${group.hour}~${group.key}.${group.counts[0]}`,
      text,
      endedAt: group.lastEnd,
      status: group.outcome,
      user: group.user,
      tags: group.tags,
      cached: group.isCached,
      runs,
      cpuMs,
      durationMs,
      bytesScanned,
    },
  };
}

/** The job a row's id names, and the hour it ended in; nothing where the id is not one of ours. */
export function jobIdOf(
  id: string,
): { readonly jobId: string; readonly hour: EpochMs } | undefined {
  const found = /^(.+)@(\d+)~/.exec(id);
  return found === null ? undefined : { jobId: found[1] ?? '', hour: Number(found[2]) };
}

/** `a=b,c=d`: labels hold neither sign. */
function tagsOf(labels: string): Readonly<Record<string, string>> {
  const pairs = labels.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
