import { z } from 'zod';
import type { EpochMs } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, Cell, Connector } from '../connector.ts';
import type { HistoryBatch, HistoryQuestion, HistoryRow, HistorySource } from '../history-row.ts';
import { quoteText } from '../quote.ts';

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

/** Counters as they stood, by who ran what: to be told from what they are now. */
const countersPosition = z.strictObject({
  resetAt: z.string(),
  counters: z.record(z.string(), z.tuple([z.number(), z.number(), z.number(), z.number()])),
});

type CountersPosition = z.infer<typeof countersPosition>;

/** Texts asked for at a time. */
const BATCH = 500;

/** Counters of blocks are in the server’s unit. */
const BLOCK_BYTES = 8192;

/**
 * The counters of pg_stat_statements as a history: what ran between two looks is one row for each statement and user, with the
 * number of its runs and the sums of their times.
 *
 * The server's own hash of statements tells counters apart, nothing else: it ignores literals of every kind, the grain of
 * `date_trunc` too. What Goldsmith's own users ran is left out: the tags that would tell are not in these texts. Texts come without literals and comments; failures, applications and single runs are not told. A counter
 * that fell, or a reset, counts from zero. What was evicted between two looks is lost: raise `pg_stat_statements.max`.
 */
export class StatementCounters implements HistorySource {
  readonly name: string;
  readonly #parts: StatementCountersParts;

  constructor(parts: StatementCountersParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  /** The first look tells nothing but the position: nobody knows when those statements ran. */
  async *read(position: string | undefined, { signal }: ReadOptions): AsyncGenerator<HistoryBatch> {
    const { connector, relation } = this.#parts;
    const options: CallOptions = { purpose: 'history', signal };
    const before = parsePosition(position);
    const at = this.#parts.now();
    const resetAt = await this.#resetAt(options);
    const isSame = before?.resetAt === resetAt;
    const next: CountersPosition = { resetAt, counters: {} };
    const changed = new Map<string, Delta>();
    for await (const rows of connector.stream(
      countersSql(relation, this.#parts.connector.users),
      options,
    )) {
      for (const row of rows) {
        const key = cellText(row[0]);
        const now = row.slice(1, 5).map(Number) as [number, number, number, number];
        const was = isSame ? before?.counters[key] : undefined;
        next.counters[key] = now;
        const delta = deltaOf(now, was);
        if (before !== undefined && delta.runs > 0) {
          changed.set(key, delta);
        }
      }
    }
    const keys = [...changed.keys()];
    const told: Told[] = [];
    for (let from = 0; from < keys.length; from += BATCH) {
      const batch = keys.slice(from, from + BATCH);
      const { rows } = await connector.query(textsSql(relation, batch), options);
      told.push(...rows.map((row) => readRow(row, { changed, at })));
    }
    // One batch: what a look told and how the counters stood are kept together or not at all.
    yield { ...sorted(told), position: JSON.stringify(next) };
  }

  questions(): readonly HistoryQuestion[] {
    const { connector, relation } = this.#parts;
    const purpose = 'history';
    return [
      {
        kind: 'read counters of the history',
        ask: async ({ signal }) => {
          const sql = countersSql(relation, connector.users);
          for await (const _rows of connector.stream(sql, { purpose, signal })) {
            // Only whether it may be asked is of interest.
          }
        },
      },
      {
        kind: 'read texts of the history',
        ask: ({ signal }) => connector.query(textsSql(relation, ['0']), { purpose, signal }),
      },
    ];
  }

  /** Counters have no texts with literals: nothing can be replayed from them. */
  async fetchTexts(): Promise<ReadonlyMap<string, string>> {
    return new Map();
  }

  /** Since when it counts; a server without that view tells resets by counters that fell. */
  async #resetAt(options: CallOptions): Promise<string> {
    const { connector } = this.#parts;
    const known = await connector.query(
      "select pg_catalog.to_regclass('pg_stat_statements_info')::text",
      options,
    );
    if (known.rows[0]?.[0] === null) {
      return '';
    }
    const { rows } = await connector.query(
      'select stats_reset::text from pg_stat_statements_info',
      options,
    );
    return cellText(rows[0]?.[0]);
  }
}

interface Delta {
  readonly runs: number;
  readonly durationMs: number;
  readonly rowsReturned: number;
  readonly bytesScanned: number;
}

type Counters = readonly [calls: number, ms: number, rows: number, blocks: number];

/** A counter that fell was evicted and began again. */
function deltaOf(now: Counters, was: Counters | undefined): Delta {
  const since = was === undefined || now[0] < was[0] ? ([0, 0, 0, 0] as const) : was;
  const [runs, durationMs, rowsReturned, blocks] = now.map((value, at) =>
    Math.max(0, value - (since[at] ?? 0)),
  );
  return {
    runs: runs ?? 0,
    durationMs: durationMs ?? 0,
    rowsReturned: rowsReturned ?? 0,
    bytesScanned: (blocks ?? 0) * BLOCK_BYTES,
  };
}

const KEY = "(userid::text || '/' || dbid::text || '/' || queryid::text)";

/** Statements of this database only, not those within functions; those whose text we may not see have no hash. */
const COUNTED =
  'queryid is not null and toplevel and dbid = (select oid from pg_catalog.pg_database where datname = current_database())';

function countersSql(relation: string, ownUsers: readonly string[] = []): string {
  const others =
    ownUsers.length === 0
      ? ''
      : ` and pg_catalog.pg_get_userbyid(userid)::text not in (${ownUsers.map(quoteText).join(', ')})`;
  return `select ${KEY}, sum(calls)::float8, sum(total_exec_time)::float8, sum(rows)::float8, sum(shared_blks_hit + shared_blks_read)::float8
from ${relation} where ${COUNTED}${others} group by 1`;
}

function textsSql(relation: string, keys: readonly string[]): string {
  const list = keys.map(quoteText).join(', ');
  return `select ${KEY}, min(query), pg_catalog.pg_get_userbyid(userid)::text, current_database()::text
from ${relation} where ${COUNTED} and ${KEY} in (${list}) group by 1, userid`;
}

type Told =
  | { readonly kind: 'row'; readonly row: HistoryRow }
  | { readonly kind: 'bad'; readonly where: string; readonly because: string };

function readRow(
  [key, text, user, database]: readonly Cell[],
  { changed, at }: { readonly changed: ReadonlyMap<string, Delta>; readonly at: EpochMs },
): Told {
  const delta = changed.get(cellText(key));
  const sql = cellText(text);
  if (delta === undefined || sql === '' || sql === '<insufficient privilege>') {
    const because = 'its text may not be read; grant pg_read_all_stats (in pg_monitor)';
    return { kind: 'bad', where: `queryid ${cellText(key)}`, because };
  }
  return {
    kind: 'row',
    row: {
      id: digestOf({ key: cellText(key), at }).slice(0, 32),
      text: sql,
      endedAt: at,
      status: 'success',
      user: cellText(user),
      database: cellText(database),
      ...delta,
    },
  };
}

function sorted(told: readonly Told[]): Pick<HistoryBatch, 'rows' | 'bad'> {
  return {
    rows: told.flatMap((one) => (one.kind === 'row' ? [one.row] : [])),
    bad: told.flatMap((one) =>
      one.kind === 'bad' ? [{ where: one.where, because: one.because }] : [],
    ),
  };
}

/** A position we cannot read is no position: it begins again with a look that tells nothing. */
function parsePosition(text: string | undefined): CountersPosition | undefined {
  if (text === undefined || text === '') {
    return undefined;
  }
  try {
    return countersPosition.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
