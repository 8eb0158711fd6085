import type { DuckDBResult } from '@duckdb/node-api';
import type { CallOptions, Cell, QueryResult, Session, StatementCost } from '../connector.ts';
import { toldStream } from '../told-stream.ts';
import { rowsOfChunk } from './cells.ts';
import { classifyDuckdbError } from './classify-duckdb-error.ts';
import type { PooledConnection } from './connection-pool.ts';
import { type Deadline, lowerLimit, startDeadline } from './deadline.ts';
import { duckdbWording } from './duckdb-wording.ts';
import type { Profile } from './profile.ts';
import type { ReplayGuard } from './replay-guard.ts';
import { processThreadMs, threadMsOf } from './thread-time.ts';

/** Lends the connection a statement runs on. */
export interface ConnectionLender {
  readonly name: string;
  readonly replayGuard: ReplayGuard;
  /** The most where a call has no less. */
  readonly statementTimeoutMs: number;
  borrow(options: CallOptions): Promise<PooledConnection>;
  giveBack(connection: PooledConnection, { reusable }: { readonly reusable: boolean }): void;
}

/** Statements over borrowed connections: pooled ones, or the one of a transaction. */
export class DuckdbSession implements Session {
  readonly wording = duckdbWording;
  readonly #lender: ConnectionLender;

  constructor(lender: ConnectionLender) {
    this.#lender = lender;
  }

  async query(sql: string, options: CallOptions): Promise<QueryResult> {
    return this.#withConnection(options, async ({ connection, deadline }) => {
      await deadline.guard(() => this.#checkReplay(connection, { sql, options }));
      const started = startOf();
      const result = await deadline.guard(() => connection.duckdb.run(tagged(sql, options)));
      const rows: Cell[][] = [];
      for await (const chunk of chunksOf(result, deadline)) {
        rows.push(...chunk);
      }
      const columns = columnsOf(result);
      return { columns, rows, cost: costOf(connection, { started, rowsReturned: rows.length }) };
    });
  }

  stream(sql: string, options: CallOptions): AsyncGenerator<readonly (readonly Cell[])[]> {
    let work: Work | undefined;
    return toldStream(
      this.#stream(sql, { options, onEnd: (done) => (work = done) }),
      ({ durationMs, rowsReturned }) =>
        options.onCost?.({
          durationMs,
          cpuMs: threadMsOf({
            profile: work?.profile,
            durationMs,
            processMs: work?.processMs ?? 0,
          }),
          rowsReturned,
        }),
    );
  }

  async *#stream(
    sql: string,
    { options, onEnd }: { readonly options: CallOptions; readonly onEnd: (work: Work) => void },
  ): AsyncGenerator<readonly (readonly Cell[])[]> {
    options.signal?.throwIfAborted();
    const connection = await this.#lender.borrow(options);
    const deadline = this.#deadline(connection, options);
    const before = processThreadMs();
    let finished = false;
    try {
      await deadline.guard(() => this.#checkReplay(connection, { sql, options }));
      const result = await deadline.guard(() => connection.duckdb.stream(tagged(sql, options)));
      yield* chunksOf(result, deadline);
      finished = true;
    } catch (error) {
      throw this.#translate(error, options);
    } finally {
      deadline.dispose();
      onEnd({ profile: connection.takeProfile(), processMs: processThreadMs() - before });
      this.#lender.giveBack(connection, { reusable: finished });
    }
  }

  async execute(sql: string, options: CallOptions): Promise<StatementCost> {
    return this.#withConnection(options, async ({ connection, deadline }) => {
      await deadline.guard(() => this.#checkReplay(connection, { sql, options }));
      const started = startOf();
      const result = await deadline.guard(() => connection.duckdb.run(tagged(sql, options)));
      return costOf(connection, { started, rowsReturned: result.rowsChanged });
    });
  }

  async #withConnection<Result>(
    options: CallOptions,
    work: (parts: { connection: PooledConnection; deadline: Deadline }) => Promise<Result>,
  ): Promise<Result> {
    options.signal?.throwIfAborted();
    const connection = await this.#lender.borrow(options);
    const deadline = this.#deadline(connection, options);
    let finished = false;
    try {
      const result = await work({ connection, deadline });
      finished = true;
      return result;
    } catch (error) {
      throw this.#translate(error, options);
    } finally {
      deadline.dispose();
      this.#lender.giveBack(connection, { reusable: finished });
    }
  }

  async #checkReplay(
    connection: PooledConnection,
    { sql, options }: { readonly sql: string; readonly options: CallOptions },
  ): Promise<void> {
    if (options.purpose === 'replay') {
      await this.#lender.replayGuard.check(connection.duckdb, sql);
    }
  }

  #deadline(connection: PooledConnection, options: CallOptions): Deadline {
    const { name, statementTimeoutMs } = this.#lender;
    const limit = lowerLimit(options.timeoutMs, statementTimeoutMs);
    return startDeadline(connection.duckdb, { name, limit, signal: options.signal });
  }

  /** An abort keeps the caller's own reason. */
  #translate(error: unknown, { signal }: CallOptions): unknown {
    if (signal?.aborted === true && error === signal.reason) {
      return error;
    }
    return classifyDuckdbError(error, { connection: this.#lender.name, phase: 'statement' });
  }
}

async function* chunksOf(result: DuckDBResult, deadline: Deadline): AsyncGenerator<Cell[][]> {
  for (;;) {
    const chunk = await deadline.guard(() => result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) {
      return;
    }
    yield rowsOfChunk(chunk);
  }
}

function columnsOf(result: DuckDBResult): QueryResult['columns'] {
  const types = result.columnTypes();
  return result
    .columnNames()
    .map((name, index) => ({ name, type: types[index]?.toString() ?? 'UNKNOWN' }));
}

/** What the engine and the process tell of a stream that ended. */
interface Work {
  readonly profile: Profile | undefined;
  readonly processMs: number;
}

interface Start {
  readonly at: number;
  readonly processMs: number;
}

function startOf(): Start {
  return { at: performance.now(), processMs: processThreadMs() };
}

function costOf(
  connection: PooledConnection,
  { started, rowsReturned }: { readonly started: Start; readonly rowsReturned: number },
): StatementCost {
  const durationMs = performance.now() - started.at;
  const processMs = processThreadMs() - started.processMs;
  const profile = connection.takeProfile();
  return { durationMs, cpuMs: threadMsOf({ profile, durationMs, processMs }), rowsReturned };
}

/** So that anybody who reads the warehouse's history knows the statement is ours, and what for. */
function tagged(sql: string, { purpose }: CallOptions): string {
  return `/* goldsmith='${purpose}' */ ${sql}`;
}
