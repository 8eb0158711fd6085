import { type EpochMs, HOUR_MS } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, Connector } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { SeenTexts } from '../history/seen-texts.ts';
import type { BadHistoryRow, HistoryBatch, HistoryRow, HistorySource } from '../history-row.ts';
import { creditsPerHour } from './credits.ts';
import { type HistoryGroup, readGroup } from './history-group.ts';
import {
  forgetting,
  type HistoryPosition,
  parsePosition,
  RECONCILED_MS,
  type Told,
} from './history-position.ts';
import {
  countsSql,
  creditsSql,
  groupsSql,
  type HistorySpan,
  textsByIdSql,
  textsSql,
  workSql,
} from './history-sql.ts';

export interface QueryHistoryParts {
  readonly name: string;
  /** `SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY`, or a customer's own view or copy with its columns, as SQL writes it. */
  readonly relation: string;
  /** Where credits are attributed to statements, some hours later. */
  readonly attribution: string;
  /** How late the history may be: an hour is closed when it ended so long ago. */
  readonly latencyMs: number;
  /** How far back the first look goes. */
  readonly lookbackMs: number;
  readonly connector: Connector;
  readonly now: () => EpochMs;
}

interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Hours asked for at a time. */
const WINDOW_HOURS = 6;
/** Read again each time for rows that came late. */
const OVERLAP_MS = 3 * HOUR_MS;
/** Kinds told of an hour at most. */
const MOST_KINDS = 5_000;
/** Texts asked for at a time. */
const TEXTS_AT_ONCE = 500;
/** The account cuts texts here. */
const TRUNCATED_AT = 100_000;
/** Attributed credits are complete by then. */
const ATTRIBUTED_MS = 9 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The account's query history, hour by closed hour: counted by the native hash in the account, texts read once for each hash
 * this process has not seen. What is read and held grows with hashes and hours, not with statements.
 *
 * The native hash only groups; Goldsmith's own fingerprint decides. The last hours are read again for rows that came late, and
 * once a day those of two days are counted again: what is new comes as further runs. Truncated texts are told, never mined.
 * Costs are milliseconds of a warehouse of one credit an hour, by the share of it each run used, set right once a day by the
 * credits the account attributed.
 */
export class QueryHistory implements HistorySource {
  readonly name: string;
  readonly #parts: QueryHistoryParts;
  readonly #texts = new SeenTexts();

  constructor(parts: QueryHistoryParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  async *read(position: string | undefined, { signal }: ReadOptions): AsyncGenerator<HistoryBatch> {
    const { now, latencyMs, lookbackMs } = this.#parts;
    const options: CallOptions = { purpose: 'history', signal };
    const closedUntil = hourOf(now() - latencyMs);
    let state = parsePosition(position) ?? {
      through: hourOf(now() - lookbackMs),
      reconciledAt: 0,
      hours: {},
      shares: {},
    };
    if (closedUntil <= state.through) {
      return;
    }
    const bad: BadHistoryRow[] = [];
    if (now() - state.reconciledAt >= DAY_MS) {
      state = {
        ...state,
        shares: await this.#shares(state, { options, bad }),
        reconciledAt: now(),
      };
      for (const hour of await this.#grownHours(state, options)) {
        const told = await this.#window(state, { from: hour, to: hour + HOUR_MS, options });
        state = told.state;
        yield { rows: told.rows, bad: told.bad, position: JSON.stringify(state) };
      }
    }
    const begin = position === undefined ? state.through : state.through - OVERLAP_MS;
    for (let from = begin; from < closedUntil; from += WINDOW_HOURS * HOUR_MS) {
      signal?.throwIfAborted();
      const to = Math.min(from + WINDOW_HOURS * HOUR_MS, closedUntil);
      const told = await this.#window(state, { from, to, options });
      state = forgetting({ ...told.state, through: Math.max(to, state.through) });
      yield {
        rows: told.rows,
        bad: [...bad.splice(0), ...told.bad],
        position: JSON.stringify(state),
      };
    }
  }

  async fetchTexts(
    ids: readonly string[],
    { signal }: ReadOptions,
  ): Promise<ReadonlyMap<string, string>> {
    const byQuery = Map.groupBy(ids, queryIdOf);
    const found = new Map<string, string>();
    for (const some of inParts([...byQuery.keys()])) {
      const { rows } = await this.#parts.connector.query(textsByIdSql(this.#parts.relation, some), {
        purpose: 'history',
        signal,
      });
      for (const [queryId, text] of rows) {
        if (cellText(text).length < TRUNCATED_AT) {
          byQuery.get(cellText(queryId))?.forEach((id) => found.set(id, cellText(text)));
        }
      }
    }
    return found;
  }

  /** Hours from..to: what each group ran more than was told before. */
  async #window(
    state: HistoryPosition,
    { from, to, options }: { from: EpochMs; to: EpochMs; options: CallOptions },
  ) {
    const span: HistorySpan = { relation: this.#parts.relation, from, to };
    const { rows: answer } = await this.#parts.connector.query(
      groupsSql(span, MOST_KINDS),
      options,
    );
    const groups = answer.map((row) => readGroup(row, state.shares));
    const texts = await this.#textsOf(groups, { span, options });
    const rows: HistoryRow[] = [];
    const bad: BadHistoryRow[] = [];
    const hours = { ...state.hours };
    for (const [hour, kinds] of Map.groupBy(groups, (group) => group.hour)) {
      const before = state.hours[String(hour)];
      const told: Record<string, Told> = {};
      let runs = 0;
      for (const group of kinds) {
        const key = digestOf(group.key).slice(0, 16);
        told[key] = group.told;
        runs += group.told[0];
        const delta = before === undefined ? group.told : more(group.told, before.groups?.[key]);
        if (delta[0] > 0 && (before === undefined || before.groups !== undefined)) {
          const read = asRow(group, {
            delta,
            text: texts.get(group.sample),
            isFurther: before?.groups?.[key] !== undefined,
          });
          if ('because' in read) {
            bad.push(read);
          } else {
            rows.push(read);
          }
        }
      }
      const hourRuns = kinds[0]?.hourRuns ?? 0;
      hours[String(hour)] = { runs: hourRuns, groups: told };
      bad.push(...leftOut({ hour, hourRuns, runs, before }));
    }
    return { rows, bad, state: { ...state, hours } };
  }

  /** Texts by sample; each hash is read once by this process. */
  async #textsOf(
    groups: readonly HistoryGroup[],
    { span, options }: { readonly span: HistorySpan; readonly options: CallOptions },
  ): Promise<ReadonlyMap<string, string>> {
    const unseen = new Map<string, string>();
    for (const { hash, sample } of groups) {
      if (hash !== undefined && this.#texts.get(hash) === undefined && !unseen.has(hash)) {
        unseen.set(hash, sample);
      }
    }
    const hashes = new Map([...unseen].map(([hash, sample]) => [sample, hash]));
    const found = new Map<string, string>();
    for (const ids of inParts([...hashes.keys()])) {
      const { rows } = await this.#parts.connector.query(textsSql(span, ids), options);
      for (const [id, text] of rows) {
        const hash = hashes.get(cellText(id)) ?? '';
        found.set(hash, cellText(text));
        this.#texts.add(hash, cellText(text));
      }
    }
    return new Map(
      groups.flatMap(({ hash, sample }) => {
        const text = hash === undefined ? undefined : (found.get(hash) ?? this.#texts.get(hash));
        return text === undefined ? [] : [[sample, text] as const];
      }),
    );
  }

  /** Hours of the last two days that hold more runs than were told of them. */
  async #grownHours(state: HistoryPosition, options: CallOptions): Promise<readonly EpochMs[]> {
    const to = state.through - OVERLAP_MS;
    const from = state.through - RECONCILED_MS;
    if (Object.keys(state.hours).length === 0) {
      return [];
    }
    const { rows } = await this.#parts.connector.query(
      countsSql({ relation: this.#parts.relation, from, to }),
      options,
    );
    return rows
      .map(([hour, count]) => ({ hour: Number(hour), count: Number(count) }))
      .filter(({ hour, count }) => count > (state.hours[String(hour)]?.runs ?? count))
      .map(({ hour }) => hour)
      .toSorted((a, b) => a - b);
  }

  /** Attributed credits over those the execution times would make, in the last day for which they are complete. */
  async #shares(
    state: HistoryPosition,
    { options, bad }: { readonly options: CallOptions; readonly bad: BadHistoryRow[] },
  ): Promise<Readonly<Record<string, number>>> {
    const { connector, relation, attribution, now } = this.#parts;
    const to = hourOf(now() - ATTRIBUTED_MS);
    const from = to - DAY_MS;
    try {
      const credits = await connector.query(
        creditsSql({ relation: attribution, from, to }),
        options,
      );
      const work = await connector.query(workSql({ relation, from, to }), options);
      const expected = new Map<string, number>();
      for (const [warehouse, size, ms] of work.rows) {
        const name = cellText(warehouse);
        const hours = Number(ms) / HOUR_MS;
        expected.set(name, (expected.get(name) ?? 0) + hours * creditsPerHour(cellText(size)));
      }
      const shares = credits.rows.flatMap(([warehouse, told]) => {
        const name = cellText(warehouse);
        const would = expected.get(name) ?? 0;
        return would > 0 && Number(told) > 0 ? [[name, Number(told) / would] as const] : [];
      });
      return { ...state.shares, ...Object.fromEntries(shares) };
    } catch (error) {
      if (!(error instanceof ConnectorError) || !HIDDEN.has(error.code)) {
        throw error;
      }
      const because =
        'it may not be read, so that costs rest on execution times alone; grant SNOWFLAKE.USAGE_VIEWER';
      bad.push({ where: attribution, because });
      return state.shares;
    }
  }
}

/** Snowflake does not tell what is hidden from what is missing. */
const HIDDEN = new Set(['CONNECTOR_RELATION_MISSING', 'CONNECTOR_PERMISSION_DENIED']);

/** What was told before is not told again. */
function more(now: Told, before: Told | undefined): Told {
  return before === undefined
    ? now
    : (now.map((value, at) => Math.max(0, value - (before[at] ?? 0))) as Told);
}

function asRow(
  group: HistoryGroup,
  { delta, text, isFurther }: { delta: Told; text: string | undefined; isFurther: boolean },
): HistoryRow | BadHistoryRow {
  const [runs, durationMs, cpuMs, bytesScanned, rowsReturned] = delta;
  const where = `query ${group.sample}`;
  if (group.hash === undefined) {
    return { where, because: `it has no hash (${runs} runs)` };
  }
  if (text === undefined || text === '') {
    return { where, because: `its text is not in the history (${runs} runs)` };
  }
  if (text.length >= TRUNCATED_AT) {
    return { where, because: `its text was cut at ${TRUNCATED_AT} characters (${runs} runs)` };
  }
  // Runs that came late are a row of their own: an id counts once.
  const id = isFurther ? `${group.sample}+${group.told[0]}` : group.sample;
  return { ...group.row, id, text, runs, durationMs, cpuMs, bytesScanned, rowsReturned };
}

function queryIdOf(id: string): string {
  return id.replace(/\+\d+$/, '');
}

/** What is known of an hour and told in no row. */
function leftOut({
  hour,
  hourRuns,
  runs,
  before,
}: {
  readonly hour: EpochMs;
  readonly hourRuns: number;
  readonly runs: number;
  readonly before: HistoryPosition['hours'][string] | undefined;
}): readonly BadHistoryRow[] {
  const where = `hour ${new Date(hour).toISOString()}`;
  if (before !== undefined && before.groups === undefined && hourRuns > before.runs) {
    return [{ where, because: `${hourRuns - before.runs} runs came late and are not counted` }];
  }
  return before === undefined && hourRuns > runs
    ? [{ where, because: `${hourRuns - runs} runs of its rarest kinds are not counted` }]
    : [];
}

function hourOf(at: EpochMs): EpochMs {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

function inParts(ids: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(ids.length / TEXTS_AT_ONCE);
  return Array.from({ length: count }, (_, at) =>
    ids.slice(at * TEXTS_AT_ONCE, (at + 1) * TEXTS_AT_ONCE),
  );
}
