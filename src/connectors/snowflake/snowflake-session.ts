import type { Readable } from 'node:stream';
import type { RowStatement } from 'snowflake-sdk';
import type { CallOptions, Cell, QueryResult, Session, StatementCost } from '../connector.ts';
import { quoteName } from '../quote.ts';
import { toldStream } from '../told-stream.ts';
import { onTheWayIn, type WayIn } from '../way-in.ts';
import { typeOf } from './cells.ts';
import { classifySnowflakeError } from './classify-snowflake-error.ts';
import { isHidden } from './hidden.ts';
import { OUR_TAG } from './query-tag.ts';
import { rowsOf, type SentStatement, sendStatement } from './send-statement.ts';
import type { PooledConnection } from './snowflake-pool.ts';
import { snowflakeWording } from './snowflake-wording.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

/** Lends the connection a statement runs on. */
export interface ConnectionLender {
  readonly name: string;
  readonly way?: WayIn | undefined;
  /** Credits an hour of the identity's warehouse. */
  readonly creditsPerHour: number;
  /** In which names without one are looked up, as stored. */
  readonly schema: string;
  /** The cap where a call brings none. */
  readonly statementTimeoutMs: number;
  /** Raises where the statement may not be sent here: not safe to replay, or writing where only reading is allowed. */
  check(sql: string, options: CallOptions): Promise<void>;
  borrow(options: CallOptions): Promise<PooledConnection>;
  giveBack(
    pooled: PooledConnection,
    { reusable }: { readonly reusable: boolean },
  ): Promise<void> | void;
}

/** The account makes a schema that is made the one of the session, too. */
const MAKES_SCHEMA = /^\s*create\s+(or\s+replace\s+)?(transient\s+)?schema\b/i;

/** Rows handed over at a time. */
const STREAM_ROWS = 2_000;

/** Statements over borrowed connections: pooled ones, or the one of a transaction. */
export class SnowflakeSession implements Session {
  readonly wording = snowflakeWording;
  readonly #lender: ConnectionLender;

  constructor(lender: ConnectionLender) {
    this.#lender = lender;
  }

  async query(sql: string, options: CallOptions): Promise<QueryResult> {
    return this.#running(sql, options, async ({ statement, watchdog, read, startedAt }) => {
      const columns = statement.getColumns() ?? [];
      const rows: (readonly Cell[])[] = [];
      const chunks = rowsOf(read(), { columns, size: STREAM_ROWS });
      await watchdog.guard(
        (async () => {
          for await (const chunk of chunks) {
            rows.push(...chunk);
          }
        })(),
      );
      return {
        columns: columns.map((column) => ({ name: column.getName(), type: typeOf(column) })),
        rows,
        cost: this.#costOf(performance.now() - startedAt, rows.length),
      };
    });
  }

  async execute(sql: string, options: CallOptions): Promise<StatementCost> {
    return this.#running(sql, options, async ({ statement, startedAt }) => {
      const changed = statement.getNumUpdatedRows() ?? 0;
      return this.#costOf(performance.now() - startedAt, Math.max(0, changed));
    });
  }

  stream(sql: string, options: CallOptions): AsyncGenerator<readonly (readonly Cell[])[]> {
    return toldStream(this.#stream(sql, options), ({ durationMs, rowsReturned }) =>
      options.onCost?.(this.#costOf(durationMs, rowsReturned)),
    );
  }

  async *#stream(sql: string, options: CallOptions): AsyncGenerator<readonly (readonly Cell[])[]> {
    const run = await this.#start(sql, options);
    let finished = false;
    try {
      const statement = await run.watchdog.guard(run.sent.answered);
      const columns = statement.getColumns() ?? [];
      const chunks = rowsOf(run.read(statement), { columns, size: STREAM_ROWS });
      for (;;) {
        const next = await run.watchdog.guard(chunks.next());
        if (next.done === true) {
          break;
        }
        yield next.value;
      }
      finished = true;
    } catch (error) {
      throw this.#translate(error, options);
    } finally {
      await run.end({ finished });
    }
  }

  async #running<Result>(
    sql: string,
    options: CallOptions,
    work: (parts: {
      readonly statement: RowStatement;
      readonly watchdog: Watchdog;
      readonly read: () => Readable;
      readonly startedAt: number;
    }) => Promise<Result>,
  ): Promise<Result> {
    const run = await this.#start(sql, options);
    const { watchdog, startedAt } = run;
    let finished = false;
    try {
      const statement = await watchdog.guard(run.sent.answered);
      const result = await work({
        statement,
        watchdog,
        startedAt,
        read: () => run.read(statement),
      });
      finished = true;
      return result;
    } catch (error) {
      throw this.#translate(error, options);
    } finally {
      await run.end({ finished });
    }
  }

  /** Borrows at once (a connector that closes waits for it), sends and watches; whoever starts ends. */
  async #start(sql: string, options: CallOptions) {
    options.signal?.throwIfAborted();
    const pooled = await this.#lender.borrow(options);
    let sent: SentStatement;
    let isUntouched = true;
    const startedAt = performance.now();
    try {
      await this.#lender.check(sql, options);
      options.signal?.throwIfAborted();
      isUntouched = false;
      sent = sendStatement(pooled.connection, { sql, parameters: this.#parametersFor(options) });
    } catch (error) {
      await this.#lender.giveBack(pooled, { reusable: isUntouched });
      throw this.#translate(error, options);
    }
    let rows: Readable | undefined;
    const watchdog = startWatchdog({
      name: this.#lender.name,
      // The driver itself asks an account that does not answer a thousand times.
      options: { ...options, timeoutMs: options.timeoutMs ?? this.#lender.statementTimeoutMs },
      cancel: (because) => {
        sent.cancel();
        rows?.destroy(because instanceof Error ? because : new Error('cancelled'));
      },
    });
    return {
      sent,
      watchdog,
      startedAt,
      read: (statement: RowStatement): Readable => {
        rows = statement.streamRows();
        rows.on('error', ignoreSinceRead);
        return rows;
      },
      end: async ({ finished }: { readonly finished: boolean }): Promise<void> => {
        watchdog.dispose();
        rows?.destroy();
        let isInPlace = !MAKES_SCHEMA.test(sql);
        try {
          isInPlace ||= await this.#returns(pooled, options);
        } catch (error) {
          if (finished) {
            throw error;
          }
        } finally {
          await this.#lender.giveBack(pooled, { reusable: finished && isInPlace });
        }
      },
    };
  }

  /** Whether names are looked up in the configured schema again; where there is none, they found nothing before either. */
  async #returns(pooled: PooledConnection, options: CallOptions): Promise<boolean> {
    const own = new SnowflakeSession({
      ...this.#lender,
      check: async () => undefined,
      borrow: async () => pooled,
      giveBack: () => undefined,
    });
    try {
      await own.execute(`use schema ${quoteName(this.#lender.schema)}`, options);
      return true;
    } catch (error) {
      if (isHidden(error)) {
        return false;
      }
      throw error;
    }
  }

  /** So that the account's history tells that the statement is ours and what for, and that none runs longer than it may. */
  #parametersFor({ purpose, timeoutMs }: CallOptions) {
    const limitMs = Math.min(
      timeoutMs ?? Number.POSITIVE_INFINITY,
      this.#lender.statementTimeoutMs,
    );
    return {
      QUERY_TAG: queryTag(purpose),
      STATEMENT_TIMEOUT_IN_SECONDS: Math.max(1, Math.ceil(limitMs / 1000)),
      TIMEZONE: 'UTC',
    };
  }

  /** Milliseconds of a warehouse that costs one credit an hour. */
  #costOf(durationMs: number, rowsReturned: number): StatementCost {
    return { durationMs, cpuMs: durationMs * this.#lender.creditsPerHour, rowsReturned };
  }

  /** An abort keeps the caller's own reason. */
  #translate(error: unknown, { signal }: CallOptions): unknown {
    if (signal?.aborted === true && error === signal.reason) {
      return error;
    }
    return onTheWayIn(classifySnowflakeError(error, this.#lender.name), this.#lender.way);
  }
}

function queryTag(purpose: string): string {
  return `${OUR_TAG},"purpose":"${purpose}"}`;
}

function ignoreSinceRead(): void {
  // Whoever reads the rows gets the error.
}
