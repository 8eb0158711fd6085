import type { EpochMs } from '../../base/clock.ts';
import { HOUR_MS } from '../../base/clock.ts';
import type { BadHistoryRow, HistoryBatch, HistoryRow, HistorySource } from '../history-row.ts';
import {
  type HourlyPosition,
  parseHourlyPosition,
  type Told,
  type ToldHour,
  withoutOldHours,
} from './hourly-position.ts';
import { SeenTexts } from './seen-texts.ts';

/** From its beginning to before its end. */
export interface Hours {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Runs of one hour that are alike in everything but the moment and literals. */
export interface HourlyGroup {
  readonly hour: EpochMs;
  /** The same over reads, within its hour. */
  readonly key: string;
  /** Groups whose texts are alike; absent: why no text is asked for. */
  readonly hash: string | undefined;
  readonly unreadable?: string;
  /** The statement whose text stands for the group. */
  readonly sample: string;
  readonly counts: Told;
  readonly row: Omit<HistoryRow, 'id' | 'text' | 'runs' | 'cpuMs' | 'durationMs' | 'bytesScanned'>;
}

interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A warehouse's own history, asked in its own SQL. */
export interface HourlyStatements {
  /** Phase A: groups of these hours, without texts. */
  groups(hours: Hours, options: ReadOptions): Promise<readonly HourlyGroup[]>;
  /** Runs by hour. */
  counts(hours: Hours, options: ReadOptions): Promise<ReadonlyMap<EpochMs, number>>;
  /** Phase B: texts of these statements, which ended in these hours; those that are not there or were cut are left out. */
  texts(
    ids: readonly string[],
    hours: Hours,
    options: ReadOptions,
  ): Promise<ReadonlyMap<string, string>>;
}

export interface HourlyHistoryParts {
  readonly name: string;
  readonly statements: HourlyStatements;
  /** An hour is read this long after its end. */
  readonly latencyMs: number;
  /** How far the first read goes back. */
  readonly lookbackDays: number;
  readonly now: () => EpochMs;
}

const HOURS_AT_ONCE = 6;
/** Hours that are compared in each read, and once a day. */
const OVERLAP_HOURS = 3;
const RECONCILED_HOURS = 48;
const TEXTS_AT_ONCE = 200;

/**
 * A warehouse's statements as a history, in two phases: closed hours in groups without texts, and the text of one run for each hash
 * not seen before. A row stands for all runs of its group in its hour.
 *
 * Hours are those in which statements ended. Runs that show up after their hour was read are told as a row of their own: the last
 * hours are compared with what was told in each read, two days once a day. What is read, sent and held is bounded by hashes and
 * hours, not by statements.
 */
export class HourlyHistory implements HistorySource {
  readonly name: string;
  readonly #parts: HourlyHistoryParts;
  readonly #texts = new SeenTexts();

  constructor(parts: HourlyHistoryParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  async *read(position: string | undefined, options: ReadOptions): AsyncGenerator<HistoryBatch> {
    const { latencyMs, lookbackDays } = this.#parts;
    const now = this.#parts.now();
    const closed = hourOf(now - latencyMs);
    let at: HourlyPosition = parseHourlyPosition(position) ?? {
      through: hourOf(now - lookbackDays * 24 * HOUR_MS),
      reconciledAt: now,
      hours: {},
    };
    const isDue = now - at.reconciledAt >= 24 * HOUR_MS;
    for (const hour of await this.#changed(at, { ...options, isDue })) {
      const hours = { from: hour, to: hour + HOUR_MS };
      const read = await this.#batch(hours, { at, options });
      at = read.next;
      yield { ...read.batch, position: JSON.stringify(at) };
    }
    if (isDue) {
      at = { ...at, reconciledAt: now };
      yield { rows: [], bad: [], position: JSON.stringify(at) };
    }
    while (at.through < closed) {
      const to = Math.min(at.through + HOURS_AT_ONCE * HOUR_MS, closed);
      const read = await this.#batch({ from: at.through, to }, { at, options });
      at = withoutOldHours({ ...read.next, through: to }, closed - RECONCILED_HOURS * HOUR_MS);
      yield { ...read.batch, position: JSON.stringify(at) };
    }
  }

  /** Texts of the runs that stand for groups, by the ids rows have. */
  async fetchTexts(
    ids: readonly string[],
    options: ReadOptions,
  ): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    const known = ids.flatMap((id) => {
      const [, sample, hour] = /^(.+)@(\d+)~/.exec(id) ?? [];
      return sample === undefined ? [] : [{ id, sample, hour: Number(hour) }];
    });
    for (const [hour, some] of Map.groupBy(known, (one) => one.hour)) {
      const found = await this.#textsOf(
        some.map(({ sample }) => sample),
        { hours: { from: hour, to: hour + HOUR_MS }, options },
      );
      for (const { id, sample } of some) {
        const text = found.get(sample);
        if (text !== undefined) {
          texts.set(id, text);
        }
      }
    }
    return texts;
  }

  /** Hours whose number of runs is no longer what was told. */
  async #changed(
    { hours }: HourlyPosition,
    { signal, isDue }: ReadOptions & { readonly isDue: boolean },
  ): Promise<readonly EpochMs[]> {
    const kept = Object.keys(hours)
      .map(Number)
      .toSorted((a, b) => a - b);
    const looked = isDue ? kept : kept.slice(-OVERLAP_HOURS);
    const [from] = looked;
    const last = looked.at(-1);
    if (from === undefined || last === undefined) {
      return [];
    }
    const counts = await this.#parts.statements.counts({ from, to: last + HOUR_MS }, { signal });
    return looked.filter((hour) => (counts.get(hour) ?? 0) > (hours[hour]?.runs ?? 0));
  }

  /** What these hours have beyond what was told of them. */
  async #batch(
    hours: Hours,
    { at, options }: { readonly at: HourlyPosition; readonly options: ReadOptions },
  ): Promise<{
    readonly batch: Pick<HistoryBatch, 'rows' | 'bad'>;
    readonly next: HourlyPosition;
  }> {
    const groups = await this.#parts.statements.groups(hours, options);
    const told: Record<string, ToldHour> = {};
    for (let hour = hours.from; hour < hours.to; hour += HOUR_MS) {
      const own = groups.filter((group) => group.hour === hour);
      told[hour] = {
        runs: own.reduce((sum, { counts }) => sum + counts[0], 0),
        groups: Object.fromEntries(own.map(({ key, counts }) => [key, counts])),
      };
    }
    const grown = groups
      .map((group) => ({ group, was: at.hours[group.hour]?.groups[group.key] }))
      .filter(({ group, was }) => group.counts[0] > (was?.[0] ?? 0));
    const texts = await this.#textsFor(
      grown.map(({ group }) => group),
      { hours, options },
    );
    const rows: HistoryRow[] = [];
    const bad: BadHistoryRow[] = [];
    for (const { group, was } of grown) {
      const text = group.hash === undefined ? undefined : texts.get(group.hash);
      if (text === undefined) {
        bad.push(badOf(group, was));
      } else {
        rows.push(rowOf(group, { text, was }));
      }
    }
    return { batch: { rows, bad }, next: { ...at, hours: { ...at.hours, ...told } } };
  }

  /** Each hash's text: remembered, or read of one of its runs. */
  async #textsFor(
    groups: readonly HourlyGroup[],
    { hours, options }: { readonly hours: Hours; readonly options: ReadOptions },
  ): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    const unseen = new Map<string, string>();
    for (const { hash, sample } of groups) {
      const seen = hash === undefined ? undefined : this.#texts.get(hash);
      if (hash !== undefined && seen !== undefined) {
        texts.set(hash, seen);
      } else if (hash !== undefined) {
        unseen.set(hash, sample);
      }
    }
    const found = await this.#textsOf([...unseen.values()], { hours, options });
    for (const [hash, sample] of unseen) {
      const text = found.get(sample);
      if (text !== undefined) {
        this.#texts.add(hash, text);
        texts.set(hash, text);
      }
    }
    return texts;
  }

  async #textsOf(
    ids: readonly string[],
    { hours, options }: { readonly hours: Hours; readonly options: ReadOptions },
  ): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (let from = 0; from < ids.length; from += TEXTS_AT_ONCE) {
      const some = ids.slice(from, from + TEXTS_AT_ONCE);
      for (const [id, text] of await this.#parts.statements.texts(some, hours, options)) {
        texts.set(id, text);
      }
    }
    return texts;
  }
}

/** What the group has beyond what was told of it. */
function rowOf(
  { hour, key, counts, sample, row }: HourlyGroup,
  { text, was }: { readonly text: string; readonly was: Told | undefined },
): HistoryRow {
  const [runs, cpuMs, durationMs, bytesScanned] = counts.map((value, at) =>
    Math.max(0, value - (was?.[at] ?? 0)),
  ) as Told;
  const id = `${sample}@${hour}~${key}.${counts[0]}`;
  return { ...row, id, text, runs, cpuMs, durationMs, bytesScanned };
}

function badOf(
  { hour, counts, sample, unreadable }: HourlyGroup,
  was: Told | undefined,
): BadHistoryRow {
  const runs = counts[0] - (was?.[0] ?? 0);
  const where = `statements that ended in ${new Date(hour).toISOString().slice(0, 13)}h`;
  const why = unreadable ?? `the text of statement ${sample} is not there any more`;
  return { where, because: `${runs} runs were left out: ${why}` };
}

function hourOf(at: EpochMs): EpochMs {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}
