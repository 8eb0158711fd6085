import { randomUUID } from 'node:crypto';
import type { CallOptions, Cell, QueryResult, Session, StatementCost } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { toldStream } from '../told-stream.ts';
import { cellOf, typeName } from './cells.ts';
import { classifyDatabricksError, stateTold } from './classify-databricks-error.ts';
import { databricksWording } from './databricks-wording.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import type { StatementFate } from './find-statement.ts';
import { BY_PIPELINE, PIPELINE_START_MS } from './native-wording.ts';
import { readySession, translated } from './ready-session.ts';
import { authorised, type Operation, sendStatement } from './send-statement.ts';
import type { PooledSession, SessionPool } from './session-pool.ts';
import type { WarehouseStart } from './warehouse-start.ts';

export interface DatabricksSessionParts {
  /** For error messages. */
  readonly name: string;
  readonly pool: SessionPool;
  readonly start: WarehouseStart;
  /** Most time any statement may take, in milliseconds: the cap on what one can cost. */
  readonly mostMs: number;
  /** Raises where a statement to replay is not safe (rule 15). */
  readonly checkReplay: (sql: string) => void;
  /** What became of a statement that bears this mark, after its answer was lost. */
  readonly fateOf: (mark: string, sentAfter: number) => Promise<StatementFate>;
}

/** Rows fetched at a time. */
const FETCH_ROWS = 4_000;
/** Over as many sessions a statement is sent at most, where the warehouse forgets one after the other. */
const ATTEMPTS = 3;

interface Sent {
  readonly sql: string;
  readonly options: CallOptions;
  /** For a statement that must not be done twice. */
  readonly mark?: string;
  /** Whether it may have reached the warehouse. */
  isUnderWay?: boolean;
}

interface Columns {
  readonly names: readonly string[];
  readonly types: readonly string[];
}

/** Statements of one identity, each over a session of the pool. There is no snapshot over several of them. */
export class DatabricksSession implements Session {
  readonly wording = databricksWording;
  readonly #parts: DatabricksSessionParts;

  constructor(parts: DatabricksSessionParts) {
    this.#parts = parts;
  }

  async query(sql: string, options: CallOptions): Promise<QueryResult> {
    const startedAt = performance.now();
    return this.#overSessions({ sql, options }, async (operation, deadline) => {
      const { names, types } = await this.#columnsOf(operation, deadline);
      const rows: (readonly Cell[])[] = [];
      for await (const chunk of this.#chunks(operation, { deadline, names, types })) {
        rows.push(...chunk);
      }
      return {
        columns: names.map((name, at) => ({ name, type: types[at] ?? 'string' })),
        rows,
        cost: costOf(startedAt, rows.length),
      };
    });
  }

  stream(sql: string, options: CallOptions): AsyncGenerator<readonly (readonly Cell[])[]> {
    return toldStream(this.#stream(sql, options), ({ durationMs, rowsReturned }) =>
      options.onCost?.({ durationMs, cpuMs: durationMs, rowsReturned }),
    );
  }

  async *#stream(sql: string, options: CallOptions): AsyncGenerator<readonly (readonly Cell[])[]> {
    const { pool } = this.#parts;
    options.signal?.throwIfAborted();
    const deadline = startDeadline({ name: this.#parts.name, options });
    let session: PooledSession | undefined;
    let operation: Operation | undefined;
    let finished = false;
    try {
      session = await readySession(this.#parts, { options, deadline });
      operation = await this.#begin(session, { sent: { sql, options }, deadline });
      const columns = await this.#columnsOf(operation, deadline);
      yield* this.#chunks(operation, { deadline, ...columns });
      finished = true;
    } catch (error) {
      throw translated(error, { pool, options });
    } finally {
      deadline.dispose();
      operation?.close().catch(ignoreSinceSessionEnds);
      if (session !== undefined) {
        pool.release(session, { reusable: finished });
      }
    }
  }

  /**
   * Sent once. Where the answer is lost, the warehouse's own history tells what became of it; a session that the warehouse forgot
   * is replaced, since nothing was done over it.
   */
  async execute(sql: string, options: CallOptions): Promise<StatementCost> {
    const startedAt = performance.now();
    const sentAfter = Date.now();
    const mark = randomUUID();
    const sent: Sent = { sql, options, mark };
    try {
      return await this.#overSessions(sent, async (operation, deadline) => {
        const { names, types } = await this.#columnsOf(operation, deadline);
        let affected = 0;
        for await (const chunk of this.#chunks(operation, { deadline, names, types })) {
          affected += Number(chunk[0]?.[names.indexOf('num_affected_rows')] ?? 0);
        }
        return executedCost(sql, costOf(startedAt, affected));
      });
    } catch (error) {
      const isLost = error instanceof ConnectorError && error.code === 'CONNECTOR_UNREACHABLE';
      if (!isLost || sent.isUnderWay !== true) {
        throw error;
      }
      await this.#findOut({ error, mark, sentAfter });
      return executedCost(sql, costOf(startedAt, 0));
    }
  }

  /** Returns where the statement was done; raises what became of it else. */
  async #findOut({
    error,
    mark,
    sentAfter,
  }: {
    readonly error: ConnectorError;
    readonly mark: string;
    readonly sentAfter: number;
  }): Promise<void> {
    const { name, fateOf } = this.#parts;
    const fate = await fateOf(mark, sentAfter);
    if (fate.is === 'finished') {
      return;
    }
    if (fate.is === 'failed') {
      const { message } = fate;
      throw classifyDatabricksError({ errorCode: 'ERROR', message, cause: error }, name);
    }
    const addition = `its answer was lost, and the query history does not tell whether it was done; look for ${mark} there`;
    throw new ConnectorError('CONNECTOR_UNREACHABLE', name, { cause: error, addition });
  }

  /** Over another session where the warehouse forgot the one it was sent over: nothing was done then, whatever it does. */
  async #overSessions<Result>(
    sent: Sent,
    read: (operation: Operation, deadline: Deadline) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#run(sent, read);
      } catch (error) {
        const isForgotten = stateTold(error) === 'forgot the session';
        if (!isForgotten || sent.isUnderWay === true || attempt >= ATTEMPTS) {
          throw error;
        }
      }
    }
  }

  async #run<Result>(
    sent: Sent,
    read: (operation: Operation, deadline: Deadline) => Promise<Result>,
  ): Promise<Result> {
    const { name, pool } = this.#parts;
    const { options } = sent;
    options.signal?.throwIfAborted();
    const deadline = startDeadline({ name, options });
    let session: PooledSession | undefined;
    let finished = false;
    try {
      session = await readySession(this.#parts, { options, deadline });
      const operation = await this.#begin(session, { sent, deadline });
      const result = await read(operation, deadline);
      operation.close().catch(ignoreSinceSessionEnds);
      finished = true;
      return result;
    } catch (error) {
      throw translated(error, { pool, options });
    } finally {
      deadline.dispose();
      if (session !== undefined) {
        pool.release(session, { reusable: finished });
      }
    }
  }

  /** Sends the statement and waits until the warehouse is done with it. */
  async #begin(
    session: PooledSession,
    { sent, deadline }: { readonly sent: Sent; readonly deadline: Deadline },
  ): Promise<Operation> {
    const { checkReplay, pool } = this.#parts;
    const { signIn } = pool;
    const { sql, options, mark } = sent;
    if (options.purpose === 'replay') {
      checkReplay(sql);
    }
    const text = tagged(sql, { purpose: options.purpose, mark });
    sent.isUnderWay = true;
    const operation = await sendStatement(session, {
      text,
      deadline,
      purpose: options.purpose,
      signIn,
    }).catch((error: unknown) => {
      // Refused for its session: it did not begin.
      const told = translated(error, { pool, options });
      sent.isUnderWay = stateTold(told) !== 'forgot the session';
      throw told;
    });
    await deadline.guard(() => authorised(this.#parts.pool.signIn, () => operation.finished()));
    return operation;
  }

  async #columnsOf(operation: Operation, deadline: Deadline): Promise<Columns> {
    const schema = await deadline.guard(() =>
      authorised(this.#parts.pool.signIn, () => operation.getSchema()),
    );
    const columns = schema?.columns ?? [];
    const names = columns.map(({ columnName }) => columnName);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) {
      // The driver keeps rows by name, so one of the two would be lost.
      const addition = 'two columns of its result have one name; name them apart';
      throw new ConnectorError('CONNECTOR_BAD_SQL', this.#parts.name, { addition });
    }
    return { names, types: columns.map(typeName) };
  }

  async *#chunks(
    operation: Operation,
    { deadline, names, types }: Columns & { readonly deadline: Deadline },
  ): AsyncGenerator<readonly (readonly Cell[])[]> {
    const { name } = this.#parts;
    for (;;) {
      const more = await deadline.guard(() =>
        authorised(this.#parts.pool.signIn, () => operation.hasMoreRows()),
      );
      if (!more) {
        return;
      }
      const fetched = await deadline.guard(() =>
        authorised(this.#parts.pool.signIn, () => operation.fetchChunk({ maxRows: FETCH_ROWS })),
      );
      const rows = fetched as readonly Readonly<Record<string, unknown>>[];
      if (rows.length > 0) {
        yield rows.map((row) =>
          names.map((column, at) => cellOf(row[column], { type: types[at] ?? 'string', name })),
        );
      }
    }
  }
}

/** Time of the warehouse's cores is told in its history only, later; until then a statement's duration stands for it. */
function costOf(startedAt: number, rowsReturned: number): StatementCost {
  const durationMs = performance.now() - startedAt;
  return { durationMs, cpuMs: durationMs, rowsReturned };
}

/** Waiting for a pipeline to start is no work, and what it does is on a bill of its own: only what it takes longer counts at once. */
function executedCost(sql: string, cost: StatementCost): StatementCost {
  return BY_PIPELINE.test(sql)
    ? { ...cost, cpuMs: Math.max(0, cost.durationMs - PIPELINE_START_MS) }
    : cost;
}

/** So that anybody who reads the warehouse's history knows the statement is ours, what for, and which one. */
function tagged(
  sql: string,
  { purpose, mark }: { readonly purpose: string; readonly mark: string | undefined },
): string {
  return `/* goldsmith='${purpose}'${mark === undefined ? '' : `,request='${mark}'`} */ ${sql}`;
}

function ignoreSinceSessionEnds(): void {
  // What is left open ends with its session.
}
