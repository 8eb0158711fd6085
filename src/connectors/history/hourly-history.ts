import type { EpochMs } from '../../base/clock.ts';
import { HOUR_MS } from '../../base/clock.ts';
import type {
  BadHistoryRow,
  HistoryBatch,
  HistoryQuestion,
  HistorySource,
} from '../history-row.ts';
import { beyond, runsOf, withWhatWasTold } from './hourly-beyond.ts';
import {
  forgetting,
  groupedBy,
  type HourlyPosition,
  parseHourlyPosition,
  withTold,
} from './hourly-position.ts';
import { hourlyQuestions } from './hourly-questions.ts';
import { rowOf, runOf } from './hourly-rows.ts';
import type { HourlyGroup, HourlyStatements, Hours, ReadOptions } from './hourly-statements.ts';
import { HourlyTexts } from './hourly-texts.ts';
import { alikeUntil, areSettled, settleCosts } from './settle-costs.ts';

export interface HourlyHistoryParts {
  readonly name: string;
  readonly statements: HourlyStatements;
  /** An hour is read this long after its end. */
  readonly latencyMs: number;
  /** How far the first read goes back. */
  readonly lookbackMs: number;
  /** A text of as many characters was cut, and is not mined. */
  readonly cutAt?: number | undefined;
  readonly now: () => EpochMs;
}

const DAY_MS = 24 * HOUR_MS;
/** Hours asked for at a time: as many as hold so many groups. */
const MOST_HOURS = 6;
const MOST_GROUPS = 20_000;
/** Rows handed over at a time: each holds a text. */
const ROWS_AT_ONCE = 2_000;
/** Hours that are compared in each read; once a day all that are kept. */
const OVERLAP_HOURS = 3;

/**
 * A warehouse's statements as a history, in two phases: closed hours in groups without texts, and the text of one run for each hash
 * not seen before. A row stands for all runs of its group in its hour.
 *
 * Hours are those in which statements ended. Runs that show up after their hour was read are told as a row of their own: whenever
 * an hour has closed the last ones are compared with what was told, and two days once a day. Costs that arrive later are set right
 * when they are complete. What is read, sent and held is bounded by hashes and hours, not by statements; the position remembers the
 * groups of the youngest hours, of older ones their runs.
 */
export class HourlyHistory implements HistorySource {
  readonly name: string;
  readonly #parts: HourlyHistoryParts;
  readonly #texts: HourlyTexts;

  constructor(parts: HourlyHistoryParts) {
    const { name, statements, cutAt } = parts;
    this.name = name;
    this.#parts = parts;
    this.#texts = new HourlyTexts({ statements, cutAt });
  }

  async *read(position: string | undefined, options: ReadOptions): AsyncGenerator<HistoryBatch> {
    const { latencyMs, lookbackMs, statements } = this.#parts;
    const now = this.#parts.now();
    const closed = hourOf(now - latencyMs);
    const known = parseHourlyPosition(position);
    const isLost = known === undefined && position !== undefined && position !== '';
    // Read once more, runs that were told already would count twice.
    const anew = {
      through: isLost ? closed : hourOf(now - lookbackMs),
      reconciledAt: 0,
      hours: {},
    };
    let at = groupedBy(statements.grouping, known ?? anew);
    if (isLost) {
      yield { rows: [], bad: [positionLost(this.name, closed)], position: JSON.stringify(at) };
    }
    if (at.through >= closed) {
      return;
    }
    const isDue = now - at.reconciledAt >= DAY_MS;
    const since = at.reconciledAt === 0 ? undefined : at.reconciledAt;
    const told = isDue
      ? await statements.rates?.(at.rates ?? {}, { ...options, since })
      : undefined;
    at = told === undefined ? at : { ...at, rates: told.rates };
    const complete = completeHours(statements, { now, billed: told?.billed });
    for (const from of await this.#changed(at, { ...options, isDue })) {
      const hours = { from, to: from + HOUR_MS };
      for await (const part of this.#tell(hours, { at, complete, options })) {
        at = part.at;
        yield part.batch;
      }
    }
    const settling = {
      statements,
      texts: this.#texts,
      complete,
      options,
      mostAtOnce: { rows: ROWS_AT_ONCE, hours: MOST_HOURS, groups: MOST_GROUPS },
      tell: (hours: Hours, before: HourlyPosition) =>
        this.#tell(hours, { at: before, complete, options }),
    };
    for await (const part of settleCosts(at, settling)) {
      at = part.at;
      yield part.batch;
    }
    if (isDue) {
      at = { ...at, reconciledAt: now };
      yield { rows: [], bad: told?.bad ?? [], position: JSON.stringify(at) };
    }
    let hoursAtOnce = 1;
    while (at.through < closed) {
      const hours = {
        from: at.through,
        to: Math.min(at.through + hoursAtOnce * HOUR_MS, closed, alikeUntil(at.through, complete)),
      };
      for await (const part of this.#tell(hours, { at, complete, options, closed })) {
        at = part.at;
        hoursAtOnce = part.hoursAtOnce;
        yield part.batch;
      }
    }
  }

  questions(): readonly HistoryQuestion[] {
    const { latencyMs, statements, now } = this.#parts;
    const to = hourOf(now() - latencyMs);
    return hourlyQuestions(statements, { from: to - HOUR_MS, to });
  }

  /** Texts of the runs that stand for groups, by the ids rows have. */
  async fetchTexts(
    ids: readonly string[],
    options: ReadOptions,
  ): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    const known = ids.flatMap((id) => {
      const run = runOf(id);
      return run === undefined ? [] : [{ id, ...run }];
    });
    for (const [hour, some] of Map.groupBy(known, (one) => one.hour)) {
      const found = await this.#texts.ofRuns(
        some.map(({ sample }) => sample),
        { hours: { from: hour, to: hour + HOUR_MS }, options },
      );
      for (const { id, sample } of some) {
        const text = found.get(sample) ?? '';
        if (text !== '') {
          texts.set(id, text);
        }
      }
    }
    return texts;
  }

  /** Hours with more runs than were told. */
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

  /**
   * What these hours have beyond what was told of them, some rows at a time. Each part's position holds what it told; with the last
   * one (`closed` given) all hours before their end are read.
   */
  async *#tell(hours: Hours, { at, complete, options, closed }: Telling): AsyncGenerator<Part> {
    const { signal } = options;
    const { statements } = this.#parts;
    const isSettled = areSettled(hours, { at, complete });
    const rates = at.rates ?? {};
    const groups = await statements.groups(hours, { signal, rates, isSettled });
    const { grown, rows, bad } = beyond(groups, at);
    let next = at;
    for (let from = 0; from === 0 || from < grown.length; from += ROWS_AT_ONCE) {
      signal?.throwIfAborted();
      const some = grown.slice(from, from + ROWS_AT_ONCE);
      const texts = await this.#texts.ofGroups(some, { hours, options });
      for (const group of some) {
        const was = at.hours[group.hour]?.groups?.[group.key];
        const told = rowOf(group, { text: texts.get(group.hash ?? ''), was });
        rows.push(...(told.row === undefined ? [] : [told.row]));
        bad.push(...(told.bad === undefined ? [] : [told.bad]));
      }
      next = withTold(next, some.map(withWhatWasTold(at)));
      if (from + ROWS_AT_ONCE >= grown.length) {
        next = ended(next, { hours, groups, closed, isSettled });
      }
      yield {
        at: next,
        batch: { rows: rows.splice(0), bad: bad.splice(0), position: JSON.stringify(next) },
        hoursAtOnce: fitting(groups.length / ((hours.to - hours.from) / HOUR_MS)),
      };
    }
  }
}

function positionLost(where: string, closed: EpochMs): BadHistoryRow {
  const until = new Date(closed).toISOString();
  const because = `the kept position cannot be read, so that nobody knows how far was read: what ended before ${until} and was not read yet is left out`;
  return { where, because };
}

interface Telling {
  readonly at: HourlyPosition;
  /** The hours whose runs tell by now what each cost. */
  readonly complete: Hours;
  readonly options: ReadOptions;
  readonly closed?: EpochMs;
}

interface Part {
  readonly at: HourlyPosition;
  readonly batch: HistoryBatch;
  readonly hoursAtOnce: number;
}

/** All of these hours were told: how many runs they have, for the next comparison. */
function ended(
  at: HourlyPosition,
  {
    hours: { from, to },
    groups,
    closed,
    isSettled,
  }: {
    readonly hours: Hours;
    readonly groups: readonly HourlyGroup[];
    readonly closed: EpochMs | undefined;
    readonly isSettled: boolean;
  },
): HourlyPosition {
  const byHour = Map.groupBy(groups, (group) => group.hour);
  const hours = { ...at.hours };
  for (let hour = from; hour < to; hour += HOUR_MS) {
    const runs = runsOf(byHour.get(hour) ?? []);
    const told = hours[hour];
    const settled = isSettled ? ({ isSettled } as const) : {};
    hours[hour] = { ...(told ?? { groups: {} }), runs, ...settled };
  }
  return closed === undefined
    ? { ...at, hours }
    : forgetting({ ...at, hours, through: to }, closed);
}

/** Where costs arrive by the hour, all that are old enough; where they come as a bill, its hours; none where both are later. */
function completeHours(
  { settledAfterMs }: HourlyStatements,
  { now, billed }: { readonly now: EpochMs; readonly billed: Hours | undefined },
): Hours {
  return settledAfterMs === undefined
    ? (billed ?? { from: 0, to: 0 })
    : { from: 0, to: hourOf(now - settledAfterMs) };
}

function fitting(groupsAnHour: number): number {
  return Math.max(1, Math.min(MOST_HOURS, Math.floor(MOST_GROUPS / Math.max(1, groupsAnHour))));
}

function hourOf(at: EpochMs): EpochMs {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}
