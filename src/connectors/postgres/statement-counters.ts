import type { EpochMs } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, Cell, Connector } from '../connector.ts';
import {
  type BadHistoryRow,
  type HistoryBatch,
  type HistoryQuestion,
  type HistoryRow,
  type HistorySource,
  TEXT_UNKNOWN,
} from '../history-row.ts';
import { type CountersPosition, type Delta, deltaOf, parsePosition } from './counters-position.ts';
import {
  type CountersView,
  countersSql,
  entriesSql,
  forgotSql,
  knownSql,
  textsSql,
} from './counters-sql.ts';
import { type Forgetting, forgottenStatements, tellForgotten } from './forgotten-statements.ts';

export interface StatementCountersParts {
  readonly name: string;
  /** `pg_stat_statements`, or a customer's own view with its columns, as SQL writes it. */
  readonly relation: string;
  readonly connector: Connector;
  readonly now: () => EpochMs;
}

interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Texts asked for at a time. */
const BATCH = 500;

/**
 * The counters of pg_stat_statements as a history: what ran between two looks is one row for each statement and user, with the
 * number of its runs and the sums of their times.
 *
 * The server's own hash of statements tells counters apart, nothing else: it ignores literals of every kind, the grain of
 * `date_trunc` too. What Goldsmith's own users ran is left out: the tags that would tell are not in these texts. Texts come without literals and comments; failures, applications and single runs are not told. A counter
 * that fell, or a reset, counts from zero. What came and was forgotten between two looks, and what lost its text, is told as a row
 * nobody can read.
 */
export class StatementCounters implements HistorySource {
  readonly name: string;
  readonly #parts: StatementCountersParts;
  readonly #view: CountersView;

  constructor(parts: StatementCountersParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#view = { relation: parts.relation, ownUsers: parts.connector.users ?? [] };
  }

  /** The first look tells nothing but the position: nobody knows when those statements ran. */
  async *read(position: string | undefined, { signal }: ReadOptions): AsyncGenerator<HistoryBatch> {
    const { connector } = this.#parts;
    const options: CallOptions = { purpose: 'history', signal };
    const before = parsePosition(position);
    const at = this.#parts.now();
    const { columns, resetAt, forgot, most } = await this.#server(options);
    const since = wasReset(before?.resetAt, resetAt) ? undefined : before;
    const now: CountersPosition = {
      resetAt,
      ...(forgot === undefined ? {} : { forgot }),
      counters: {},
    };
    const changed = new Map<string, Delta>();
    for await (const rows of connector.stream(countersSql(this.#view, columns), options)) {
      for (const [key, ...counters] of rows) {
        const id = cellText(key);
        const values = counters.map(Number);
        const delta = deltaOf(values, since?.counters[id]);
        now.counters[id] = values;
        if (before !== undefined && delta.runs > 0) {
          changed.set(id, delta);
        }
      }
    }
    const { rows, bad } = await this.#texts(changed, { at, options });
    // A position of before that did not say how often it had been tells nothing of since.
    const was = since === undefined ? 0 : since.forgot;
    const times = before === undefined || was === undefined ? 0 : (forgot ?? 0) - was;
    if (times > 0 && most !== undefined) {
      const forgetting = { times, most, toldShare: await this.#toldShare(options) };
      const statements = forgottenStatements(forgetting, { before: since, now });
      if (statements > 0) {
        const told = tellForgotten(statements, { forgetting, rows, at });
        rows.push(told.row);
        bad.push(told.bad);
      }
    }
    // One batch: what a look told and how the counters stood are kept together or not at all.
    yield { rows, bad, position: JSON.stringify(now) };
  }

  questions(): readonly HistoryQuestion[] {
    const { connector } = this.#parts;
    const purpose = 'history';
    return [
      {
        kind: 'read counters of the history',
        ask: async ({ signal }) => {
          const { columns } = await this.#server({ purpose, signal });
          const sql = countersSql(this.#view, columns);
          for await (const _rows of connector.stream(sql, { purpose, signal })) {
            // Only whether it may be asked is of interest.
          }
        },
      },
      {
        kind: 'count entries of the history',
        ask: ({ signal }) => connector.query(entriesSql(this.#view), { purpose, signal }),
      },
      {
        kind: 'read texts of the history',
        ask: ({ signal }) => connector.query(textsSql(this.#view, ['0']), { purpose, signal }),
      },
    ];
  }

  /** Counters have no texts with literals: nothing can be replayed from them. */
  async fetchTexts(): Promise<ReadonlyMap<string, string>> {
    return new Map();
  }

  async #texts(
    changed: ReadonlyMap<string, Delta>,
    { at, options }: { readonly at: EpochMs; readonly options: CallOptions },
  ): Promise<{ readonly rows: HistoryRow[]; readonly bad: BadHistoryRow[] }> {
    const rows: HistoryRow[] = [];
    const bad: BadHistoryRow[] = [];
    const keys = [...changed.keys()];
    for (let from = 0; from < keys.length; from += BATCH) {
      const batch = keys.slice(from, from + BATCH);
      const answer = await this.#parts.connector.query(textsSql(this.#view, batch), options);
      const texts = new Map(answer.rows.map(([key, ...rest]) => [cellText(key), rest]));
      for (const key of batch) {
        const row = rowOf(texts.get(key), { key, delta: changed.get(key), at });
        rows.push(row);
        if (row.text === TEXT_UNKNOWN) {
          bad.push({ where: `queryid ${key}`, because: whyUnknown(texts.get(key)) });
        }
      }
    }
    return { rows, bad };
  }

  /** Since when it counts, and what it forgot; a server that does not tell has resets told by counters that fell. */
  async #server(options: CallOptions) {
    const { connector, relation } = this.#parts;
    const known = await connector.query(knownSql(relation), options);
    const [columns, schema] = known.rows[0] ?? [];
    const told = { columns: cellText(columns ?? '').split(','), resetAt: '' };
    if (schema === null || schema === undefined) {
      return { ...told, forgot: undefined, most: undefined };
    }
    const { rows } = await connector.query(forgotSql(cellText(schema)), options);
    const [resetAt, forgot, most] = rows[0] ?? [];
    return {
      ...told,
      resetAt: cellText(resetAt),
      forgot: Number(forgot),
      most: most === null ? undefined : Number(most),
    };
  }

  async #toldShare(options: CallOptions): Promise<Forgetting['toldShare']> {
    const { rows } = await this.#parts.connector.query(entriesSql(this.#view), options);
    const [all, told] = (rows[0] ?? []).map(Number);
    return all === undefined || all === 0 ? 1 : (told ?? 0) / all;
  }
}

/** Where one of the two was not told, as it is not to who may not enter the extension's schema, counters that fell tell of it. */
function wasReset(before: string | undefined, now: string): boolean {
  return before !== now && before !== '' && now !== '';
}

type Texts = readonly Cell[] | undefined;

function rowOf(
  found: Texts,
  {
    key,
    delta,
    at,
  }: { readonly key: string; readonly delta: Delta | undefined; readonly at: EpochMs },
): HistoryRow {
  const [text, user, database] = (found ?? []).map((cell) => (cell === null ? '' : cellText(cell)));
  return {
    id: digestOf({ key, at }).slice(0, 32),
    text: text === undefined || text === '' || text === HIDDEN ? TEXT_UNKNOWN : text,
    endedAt: at,
    status: 'success',
    ...(user === undefined ? {} : { user }),
    ...(database === undefined ? {} : { database }),
    ...delta,
  };
}

const HIDDEN = '<insufficient privilege>';

function whyUnknown(found: Texts): string {
  if (found === undefined) {
    return 'it was forgotten before its text was read; raise pg_stat_statements.max';
  }
  return found[0] === HIDDEN
    ? 'its text may not be read; grant pg_read_all_stats (in pg_monitor)'
    : 'the server lost its text, as it does where its file of texts is damaged or takes too much memory; pg_stat_statements_reset() lets it keep texts anew';
}
