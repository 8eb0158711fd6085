import type pg from 'pg';
import Cursor from 'pg-cursor';
import type { CallOptions, Cell, QueryResult, Session, StatementCost } from '../connector.ts';
import { toldStream } from '../told-stream.ts';
import { onTheWayIn, type WayIn } from '../way-in.ts';
import { cellTypes } from './cells.ts';
import { classifyPostgresError } from './classify-postgres-error.ts';
import { type Deadline, type Limit, lowestLimit, startDeadline } from './deadline.ts';
import type { PooledConnection } from './postgres-pool.ts';
import { postgresWording } from './postgres-wording.ts';
import type { TypeNames } from './type-names.ts';

export interface Borrowed {
  readonly connection: PooledConnection;
  /** What the call's time has been running for, waiting for one. */
  readonly waitedMs: number;
}

/** Lends the connection a statement runs on. */
export interface ConnectionLender {
  readonly name: string;
  readonly way: WayIn;
  readonly typeNames: TypeNames;
  /** The most where neither the call nor the role has less. */
  readonly statementTimeoutMs: number;
  /** Raises where a statement to replay is not safe (rule 15). */
  checkReplay(connection: PooledConnection, sql: string): Promise<void>;
  borrow(options: CallOptions): Promise<Borrowed>;
  giveBack(connection: PooledConnection, { reusable }: { readonly reusable: boolean }): void;
  /** Asks the server to cancel what this connection runs; never rejects. */
  cancel(connection: PooledConnection): Promise<void>;
  /** How long the server has to answer that; then this connection is ended, and with it what waits on it. */
  readonly answerMs?: number | undefined;
  abandon(connection: PooledConnection): void;
}

/** Rows fetched at a time. */
const STREAM_ROWS = 2_000;

/** Statements over borrowed connections: pooled ones, or the one of a transaction. */
export class PostgresSession implements Session {
  readonly wording = postgresWording;
  readonly #lender: ConnectionLender;

  constructor(lender: ConnectionLender) {
    this.#lender = lender;
  }

  async query(sql: string, options: CallOptions): Promise<QueryResult> {
    return this.#withConnection(options, async ({ connection, deadline, limit }) => {
      await this.#prepare(connection, { sql, options, deadline, limit });
      const startedAt = performance.now();
      const { fields, rows } = await deadline.guard(() => send(connection, tagged(sql, options)));
      const durationMs = performance.now() - startedAt;
      const types = await this.#lender.typeNames.of(fields, (text) => askNames(connection, text));
      const columns = fields.map(({ name }, position) => ({
        name,
        type: types[position] ?? 'unknown',
      }));
      return {
        columns,
        rows: rows as Cell[][],
        cost: { durationMs, cpuMs: durationMs, rowsReturned: rows.length },
      };
    });
  }

  stream(sql: string, options: CallOptions): AsyncGenerator<readonly (readonly Cell[])[]> {
    return toldStream(this.#stream(sql, options), ({ durationMs, rowsReturned }) =>
      options.onCost?.({ durationMs, cpuMs: durationMs, rowsReturned }),
    );
  }

  async *#stream(sql: string, options: CallOptions): AsyncGenerator<readonly (readonly Cell[])[]> {
    const { connection, limit } = await this.#borrow(options);
    const deadline = this.#deadline(connection, { options, limit });
    let finished = false;
    try {
      await this.#prepare(connection, { sql, options, deadline, limit });
      const text = tagged(sql, options);
      const ended = endOf(connection);
      const cursor = connection.client.query(
        new Cursor<Cell[]>(text, [], {
          rowMode: 'array',
          types: cellTypes as pg.CustomTypesConfig,
        }),
      );
      try {
        for (;;) {
          const rows = await deadline.guard(() => cursor.read(STREAM_ROWS));
          if (rows.length === 0) {
            break;
          }
          yield rows;
        }
        finished = true;
      } finally {
        await Promise.race([cursor.close().catch(ignoreSinceClosing), ended.promise]);
        ended.forget();
      }
    } catch (error) {
      throw this.#translate(error, options);
    } finally {
      await deadline.dispose();
      this.#lender.giveBack(connection, { reusable: finished });
    }
  }

  async execute(sql: string, options: CallOptions): Promise<StatementCost> {
    return this.#withConnection(options, async ({ connection, deadline, limit }) => {
      await this.#prepare(connection, { sql, options, deadline, limit });
      const startedAt = performance.now();
      const { rowCount } = await deadline.guard(() => send(connection, tagged(sql, options)));
      const durationMs = performance.now() - startedAt;
      return { durationMs, cpuMs: durationMs, rowsReturned: rowCount ?? 0 };
    });
  }

  async #withConnection<Result>(
    options: CallOptions,
    work: (parts: {
      connection: PooledConnection;
      deadline: Deadline;
      limit: Limit;
    }) => Promise<Result>,
  ): Promise<Result> {
    const { connection, limit } = await this.#borrow(options);
    const deadline = this.#deadline(connection, { options, limit });
    let finished = false;
    try {
      const result = await work({ connection, deadline, limit });
      finished = true;
      return result;
    } catch (error) {
      throw this.#translate(error, options);
    } finally {
      await deadline.dispose();
      this.#lender.giveBack(connection, { reusable: finished });
    }
  }

  /** A call's time runs while it waits for a connection, too. */
  async #borrow(
    options: CallOptions,
  ): Promise<{ readonly connection: PooledConnection; readonly limit: Limit }> {
    options.signal?.throwIfAborted();
    const { connection, waitedMs } = await this.#lender.borrow(options);
    const limit = lowestLimit({
      callMs: options.timeoutMs,
      waitedMs,
      ourMs: this.#lender.statementTimeoutMs,
      roleMs: connection.own.statementMs,
    });
    return { connection, limit };
  }

  async #prepare(
    connection: PooledConnection,
    {
      sql,
      options,
      deadline,
      limit,
    }: {
      readonly sql: string;
      readonly options: CallOptions;
      readonly deadline: Deadline;
      readonly limit: Limit;
    },
  ): Promise<void> {
    if (options.purpose === 'replay') {
      await deadline.guard(() => this.#lender.checkReplay(connection, sql));
    }
    const wanted = Math.max(1, Math.ceil(limit.ms));
    if (connection.statementTimeoutMs !== wanted) {
      connection.statementTimeoutMs = undefined;
      await deadline.guard(() => connection.client.query(`set statement_timeout = ${wanted}`));
      connection.statementTimeoutMs = wanted;
    }
  }

  #deadline(
    connection: PooledConnection,
    { options, limit }: { readonly options: CallOptions; readonly limit: Limit },
  ): Deadline {
    return startDeadline({
      name: this.#lender.name,
      limit,
      signal: options.signal,
      cancel: () => this.#lender.cancel(connection),
      abandon: () => this.#lender.abandon(connection),
      answerMs: this.#lender.answerMs,
    });
  }

  /** An abort keeps the caller's own reason. */
  #translate(error: unknown, { signal }: CallOptions): unknown {
    if (signal?.aborted === true && error === signal.reason) {
      return error;
    }
    return onTheWayIn(classifyPostgresError(error, this.#lender.name), this.#lender.way);
  }
}

/** One statement, whose rows come as texts made into cells. The extended protocol takes no second one behind a semicolon. */
async function send(
  { client }: PooledConnection,
  text: string,
): Promise<pg.QueryArrayResult<unknown[]>> {
  const config = {
    text,
    rowMode: 'array',
    types: cellTypes as pg.CustomTypesConfig,
    queryMode: 'extended',
  } satisfies pg.QueryArrayConfig & { readonly queryMode: string };
  return await client.query<unknown[]>(config);
}

async function askNames(connection: PooledConnection, text: string): Promise<readonly string[][]> {
  const { rows } = await send(connection, text);
  return rows as string[][];
}

/** When the connection ends: a cursor that is closed waits for an answer, which then never comes. */
function endOf({ client }: PooledConnection) {
  const { promise, resolve } = Promise.withResolvers<void>();
  client.once('end', resolve);
  return { promise, forget: () => client.removeListener('end', resolve) };
}

/** So that anybody who reads the warehouse's history knows the statement is ours, and what for. */
function tagged(sql: string, { purpose }: CallOptions): string {
  return `/* goldsmith='${purpose}' */ ${sql}`;
}

function ignoreSinceClosing(): void {
  // A cursor whose statement failed or was cancelled is closed already.
}
