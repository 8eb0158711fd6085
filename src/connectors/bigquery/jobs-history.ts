import { type EpochMs, HOUR_MS } from '../../base/clock.ts';
import { cellText } from '../cell-text.ts';
import type { Connector } from '../connector.ts';
import { SeenTexts } from '../history/seen-texts.ts';
import type { BadHistoryRow, HistoryBatch, HistoryRow, HistorySource } from '../history-row.ts';
import { type JobGroup, jobIdOf, readGroup, rowOf } from './job-group.ts';
import {
  type JobsPosition,
  parseJobsPosition,
  type ToldHour,
  withoutOldHours,
} from './jobs-position.ts';
import { countsSql, groupsSql, type Hours, type JobsRelation, textsSql } from './jobs-sql.ts';

export interface JobsHistoryParts {
  readonly name: string;
  readonly connector: Connector;
  readonly relation: string;
  readonly hashesTexts: boolean;
  /** Where a customer's copy cuts texts, in characters: what is as long was cut, and is not mined. */
  readonly cutAt?: number | undefined;
  readonly lookbackDays: number;
  readonly now: () => EpochMs;
}

interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Jobs show up within minutes of their end. */
const LATENCY_MS = 10 * 60_000;
const HOURS_AT_ONCE = 6;
/** Hours that are compared in each read, and once a day. */
const OVERLAP_HOURS = 3;
const RECONCILED_HOURS = 48;
const TEXTS_AT_ONCE = 200;

/**
 * BigQuery's jobs as a history, in two phases: closed hours by hash, user, labels and outcome without texts, and the text of one
 * run for each hash not seen before. A row stands for all runs of its group in its hour.
 *
 * Hours are those in which jobs ended. Runs that show up after their hour was read are told as a row of their own: the last hours
 * are compared with what was told in each read, two days once a day. What is held is bounded by hashes and hours. The service's
 * hash only groups; what a statement is, our own fingerprint says.
 */
export class JobsHistory implements HistorySource {
  readonly name: string;
  readonly #parts: JobsHistoryParts;
  readonly #jobs: JobsRelation;
  readonly #texts = new SeenTexts();

  constructor(parts: JobsHistoryParts) {
    const { relation, hashesTexts, connector } = parts;
    const billing = connector.capabilities.billing === 'slots' ? 'slots' : 'bytes';
    this.name = parts.name;
    this.#parts = parts;
    this.#jobs = { relation, hashesTexts, billing };
  }

  async *read(position: string | undefined, options: ReadOptions): AsyncGenerator<HistoryBatch> {
    const now = this.#parts.now();
    const closed = hourOf(now - LATENCY_MS);
    const first = hourOf(now - this.#parts.lookbackDays * 24 * HOUR_MS);
    let at: JobsPosition = parseJobsPosition(position) ?? {
      through: first,
      reconciledAt: now,
      hours: {},
    };
    const isDue = now - at.reconciledAt >= 24 * HOUR_MS;
    for (const hours of await this.#changed(at, { ...options, isDue })) {
      const { batch, next } = await this.#batch(hours, { at, options });
      at = next;
      yield batch;
    }
    at = isDue ? { ...at, reconciledAt: now } : at;
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
      const found = jobIdOf(id);
      return found === undefined ? [] : [{ id, ...found }];
    });
    for (const [hour, some] of Map.groupBy(known, (one) => one.hour)) {
      const jobIds = some.map(({ jobId }) => jobId);
      const found = await this.#textsOf(jobIds, { from: hour, to: hour + HOUR_MS }, options);
      for (const { id, jobId } of some) {
        const text = found.get(jobId);
        if (text !== undefined && !this.#isCut(text)) {
          texts.set(id, text);
        }
      }
    }
    return texts;
  }

  /** Hours whose number of jobs is no longer what was told. */
  async #changed(
    { hours }: JobsPosition,
    { signal, isDue }: ReadOptions & { readonly isDue: boolean },
  ): Promise<readonly Hours[]> {
    const kept = Object.keys(hours)
      .map(Number)
      .toSorted((a, b) => a - b);
    const looked = isDue ? kept : kept.slice(-OVERLAP_HOURS);
    const [from] = looked;
    const last = looked.at(-1);
    if (from === undefined || last === undefined) {
      return [];
    }
    const sql = countsSql(this.#jobs, { from, to: last + HOUR_MS });
    const { rows } = await this.#parts.connector.query(sql, { purpose: 'history', signal });
    const counts = new Map(rows.map(([hour, runs]) => [Number(hour), Number(runs)]));
    return looked
      .filter((hour) => (counts.get(hour) ?? 0) > (hours[hour]?.runs ?? 0))
      .map((hour) => ({ from: hour, to: hour + HOUR_MS }));
  }

  /** What these hours have beyond what was told of them. */
  async #batch(
    hours: Hours,
    { at, options }: { readonly at: JobsPosition; readonly options: ReadOptions },
  ): Promise<{ readonly batch: HistoryBatch; readonly next: JobsPosition }> {
    const { connector } = this.#parts;
    const sql = groupsSql(this.#jobs, hours);
    const { rows } = await connector.query(sql, { purpose: 'history', signal: options.signal });
    const groups = rows.map((row) => readGroup(row, this.#jobs));
    const bad: BadHistoryRow[] = [];
    const found: HistoryRow[] = [];
    const told: Record<string, ToldHour> = {};
    for (let hour = hours.from; hour < hours.to; hour += HOUR_MS) {
      told[hour] = { runs: 0, groups: {} };
    }
    const texts = await this.#textsFor(groups, hours, options);
    for (const group of groups) {
      const was = at.hours[group.hour];
      const hour = told[group.hour] ?? { runs: 0, groups: {} };
      hour.runs += group.counts[0];
      hour.groups[group.key] = group.counts;
      told[group.hour] = hour;
      const row = rowOf(group, { was: was?.groups[group.key], text: texts.get(group.hash ?? '') });
      if (row.kind === 'row') {
        found.push(row.row);
      } else if (row.kind === 'bad') {
        bad.push(row.bad);
      }
    }
    const next = { ...at, hours: { ...at.hours, ...told } };
    return { batch: { rows: found, bad, position: JSON.stringify(next) }, next };
  }

  /** Each hash's text: remembered, or read of one of its runs; those that were cut are left out. */
  async #textsFor(
    groups: readonly JobGroup[],
    hours: Hours,
    options: ReadOptions,
  ): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    const unseen = new Map<string, string>();
    for (const { hash, sample } of groups) {
      const seen = hash === undefined ? undefined : this.#texts.get(hash);
      if (hash !== undefined && seen !== undefined) {
        texts.set(hash, seen);
      } else if (hash !== undefined) {
        unseen.set(hash, unseen.get(hash) ?? sample);
      }
    }
    const found = await this.#textsOf([...unseen.values()], hours, options);
    for (const [hash, sample] of unseen) {
      const text = found.get(sample);
      if (text !== undefined && !this.#isCut(text)) {
        this.#texts.add(hash, text);
        texts.set(hash, text);
      }
    }
    return texts;
  }

  async #textsOf(
    ids: readonly string[],
    hours: Hours,
    { signal }: ReadOptions,
  ): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (let from = 0; from < ids.length; from += TEXTS_AT_ONCE) {
      const some = ids.slice(from, from + TEXTS_AT_ONCE);
      const sql = textsSql(this.#jobs, { ...hours, ids: some });
      const { rows } = await this.#parts.connector.query(sql, { purpose: 'history', signal });
      for (const [id, text] of rows) {
        texts.set(cellText(id), cellText(text));
      }
    }
    return texts;
  }

  #isCut(text: string): boolean {
    const { cutAt } = this.#parts;
    return text === '' || (cutAt !== undefined && text.length >= cutAt);
  }
}

function hourOf(at: EpochMs): EpochMs {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}
