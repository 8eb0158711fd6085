import type { EpochMs } from '../../base/clock.ts';
import type { CallOptions, Cell, Connector } from '../connector.ts';
import { momentOf } from '../history/moment.ts';
import type { HistoryBatch, HistorySource } from '../history-row.ts';
import { LogStatements } from './log-statements.ts';

export interface LiveLogHistoryParts {
  readonly name: string;
  /** Over the application's own instance. */
  readonly connector: Connector;
  readonly now: () => EpochMs;
}

interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** So many entries (about 10 MB) are left in the instance's memory before the log is emptied. */
const DRAIN_ABOVE = 100_000;

/**
 * DuckDB's own log in the memory of the running instance, for an embedded Goldsmith.
 *
 * The engine can only empty it as a whole: that is done when all of it was handed over and taken (the caller came back with
 * the position), and nothing of others arrived since. An entry within that last millisecond would be lost; where that
 * matters, or where statements' texts are wanted after the log was emptied, log to files.
 */
export class LiveLogHistory implements HistorySource {
  readonly name: string;
  readonly #connector: Connector;
  readonly #now: () => EpochMs;

  constructor({ name, connector, now }: LiveLogHistoryParts) {
    this.name = name;
    this.#connector = connector;
    this.#now = now;
  }

  /** The position is the moment from which on entries may be missing, as the log writes it. */
  async *read(position: string | undefined, { signal }: ReadOptions): AsyncGenerator<HistoryBatch> {
    const options: CallOptions = { purpose: 'history', signal };
    const since = momentOf(position) === undefined ? undefined : position;
    await this.#drain(since, options);

    const statements = new LogStatements();
    let latest = since;
    for await (const entries of this.#connector.stream(entriesSql(since), options)) {
      const rows = entries.flatMap((entry) => {
        const [context = '', timestamp = '', type = '', message = ''] = entry.map(textOf);
        latest = timestamp;
        return statements.add(
          { context, timestamp, type, message, at: momentOf(timestamp) ?? 0 },
          0,
        );
      });
      const next = earliestOpen(statements) ?? latest ?? '';
      yield { rows, bad: [], position: next };
    }
    const rows = statements.takeSettled(this.#now());
    yield { rows, bad: [], position: earliestOpen(statements) ?? latest ?? '' };
  }

  async fetchTexts(
    ids: readonly string[],
    { signal }: ReadOptions,
  ): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) {
      return new Map();
    }
    const list = ids.map(quote).join(', ');
    const sql = `select * from (select ${ID} as id, message from duckdb_logs where type = 'QueryLog') where id in (${list})`;
    const { rows } = await this.#connector.query(sql, { purpose: 'history', signal });
    return new Map(rows.map(([id, text]) => [textOf(id), textOf(text)]));
  }

  async #drain(since: string | undefined, options: CallOptions): Promise<void> {
    if (since === undefined || !this.#connector.capabilities.canWrite) {
      return;
    }
    const { rows } = await this.#connector.query(
      `select count(*), count(*) filter (where timestamp >= ${quote(since)}::timestamptz and message not like '/* goldsmith=%' and type = 'QueryLog')
       from duckdb_logs`,
      options,
    );
    const [entries, fresh] = (rows[0] ?? []).map(Number);
    if ((entries ?? 0) > DRAIN_ABOVE && fresh === 0) {
      await this.#connector.execute('call truncate_duckdb_logs()', options);
    }
  }
}

/** ISO text in UTC to the microsecond, whatever the session's time zone. */
const TIMESTAMP = `strftime(timestamp at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%f+00')`;
const ID = `${TIMESTAMP} || '#' || context_id`;

function entriesSql(since: string | undefined): string {
  const later = since === undefined ? '' : `and timestamp >= ${quote(since)}::timestamptz`;
  return `
select context_id::varchar, ${TIMESTAMP}, type, message
from duckdb_logs where type in ('QueryLog', 'Metrics') ${later}
order by timestamp`;
}

/** Entries from here on are read again, so that an open statement's beginning and its metrics meet. */
function earliestOpen(statements: LogStatements): string | undefined {
  const starts = statements.stillOpen().map(({ startedAt }) => startedAt);
  return starts.length === 0 ? undefined : new Date(Math.min(...starts)).toISOString();
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : '';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
