import { randomUUID } from 'node:crypto';
import { type RelationId, relationParts } from '../../base/relation.ts';
import { retry } from '../../base/retry.ts';
import type {
  Borrower,
  CallOptions,
  Cell,
  QueryResult,
  Session,
  StatementCost,
} from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import type { RunningStatement } from '../stop-statements.ts';
import { type StreamTaken, toldStream } from '../told-stream.ts';
import type { Wording } from '../wording.ts';
import type { BigqueryClient, JobOrder, Page } from './bigquery-client.ts';
import { cellsOf, columnsOf } from './cells.ts';
import { isLostJob } from './classify-bigquery-error.ts';
import { type Contract, workOf } from './contract.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import type { JobStatistics } from './job-resource.ts';
import { checkReplay } from './replay-guard.ts';
import type { Turn } from './turns.ts';

export interface BigquerySessionParts {
  readonly name: string;
  readonly wording: Wording;
  readonly client: BigqueryClient;
  readonly contract: Contract;
  readonly dataset: string | undefined;
  readonly maximumBytesBilled: string;
  /** Where a statement has no limit of its own. */
  readonly statementTimeoutMs: number;
  /** Statements in flight: those beyond wait their turn. */
  readonly turn: Turn;
  /** A transaction's session of the service. */
  readonly sessionId?: string | undefined;
  /** Whatever is no SELECT is refused before it is sent. */
  readonly readOnly?: boolean;
}

const PAGE_ROWS = 5_000;
const ANEW_AFTER_MS = 1_000;

/** Statements as jobs of one identity; in a transaction, of one session of the service. */
export class BigquerySession implements Session {
  readonly wording: Wording;
  readonly #parts: BigquerySessionParts;

  constructor(parts: BigquerySessionParts) {
    this.wording = parts.wording;
    this.#parts = parts;
  }

  query(sql: string, options: CallOptions): Promise<QueryResult> {
    return this.#orAnew(() => this.#query(sql, options), options);
  }

  async #query(sql: string, options: CallOptions): Promise<QueryResult> {
    return this.#asJob(sql, options, async ({ jobId, deadline, startedAt }) => {
      const first = await this.#complete(jobId, deadline);
      const rows: (readonly Cell[])[] = [...cellsOf(first.rows, first.fields)];
      for await (const page of this.#further(jobId, { first, deadline })) {
        rows.push(...cellsOf(page.rows, first.fields));
      }
      const cost = await this.#cost(jobId, { deadline, startedAt, rowsReturned: rows.length });
      return { columns: columnsOf(first.fields), rows, cost };
    });
  }

  stream(sql: string, options: CallOptions): AsyncGenerator<readonly (readonly Cell[])[]> {
    const job = { id: this.#jobId(options) };
    return toldStream(this.#stream(sql, { options, job }), (taken) =>
      this.#tell(job.id, { taken, options }),
    );
  }

  /** A statement that reads, once more where the service failed at its job; within a transaction that is over then, too. */
  #orAnew<Result>(read: () => Promise<Result>, { signal }: CallOptions): Promise<Result> {
    const clock = { sleep: this.#parts.client.sleep };
    const isRetryable = (error: unknown) => this.#parts.sessionId === undefined && isLostJob(error);
    return retry(read, { clock, attempts: 3, firstDelayMs: ANEW_AFTER_MS, isRetryable, signal });
  }

  async *#stream(
    sql: string,
    { options, job }: { readonly options: CallOptions; readonly job: { id: string } },
  ): AsyncGenerator<readonly (readonly Cell[])[]> {
    options.signal?.throwIfAborted();
    const { deadline, first } = await this.#orAnew(() => {
      job.id = this.#jobId(options);
      return this.#parts.turn(() => this.#begin(sql, { options, jobId: job.id }), options);
    }, options);
    const jobId = job.id;
    let finished = false;
    try {
      if (first.rows.length > 0) {
        yield cellsOf(first.rows, first.fields);
      }
      for await (const page of this.#further(jobId, { first, deadline })) {
        yield cellsOf(page.rows, first.fields);
      }
      finished = true;
    } finally {
      deadline.dispose();
      if (!finished) {
        await this.#cancel(jobId);
      }
    }
  }

  /** A turn is taken while the job runs only: whoever reads its rows may ask for others in between. */
  async #begin(
    sql: string,
    { options, jobId }: { readonly options: CallOptions; readonly jobId: string },
  ): Promise<{ readonly deadline: Deadline; readonly first: Page }> {
    options.signal?.throwIfAborted();
    const deadline = this.#deadline(jobId, options);
    try {
      await deadline.guard(() => this.#start(sql, { options, jobId, signal: deadline.signal }));
      return { deadline, first: await this.#complete(jobId, deadline) };
    } catch (error) {
      deadline.dispose();
      await this.#cancel(jobId);
      throw error;
    }
  }

  async execute(sql: string, options: CallOptions): Promise<StatementCost> {
    return this.#asJob(sql, options, async ({ jobId, deadline, startedAt }) => {
      const { affectedRows = 0 } = await this.#complete(jobId, deadline);
      return this.#cost(jobId, { deadline, startedAt, rowsReturned: affectedRows });
    });
  }

  /** Told by the service's own interface only. */
  async rowPolicies(relation: RelationId, { signal }: CallOptions): Promise<readonly string[]> {
    const { database, schema = this.#parts.dataset ?? '', name } = relationParts(relation);
    const names = await this.#parts.client.rowAccessPolicies(
      { project: database, dataset: schema, table: name },
      signal,
    );
    return names.map((policy) => `row access policy ${policy}`);
  }

  /** Authorized views and datasets stand in the access list of the dataset, which no SQL tells. */
  async lentTo(relation: RelationId, { signal }: CallOptions): Promise<readonly Borrower[]> {
    const { database, schema = this.#parts.dataset ?? '' } = relationParts(relation);
    const where = { project: database, dataset: schema };
    return await this.#parts.client.authorizedViews(where, signal);
  }

  /** Free of charge: whether the statement would run. Rejects as running it would. */
  async check(sql: string, options: CallOptions): Promise<JobStatistics> {
    const order = this.#order(sql, { options, jobId: this.#jobId(options) });
    return this.#parts.client.dryRun(order, options.signal);
  }

  /** Statements of this identity that have not ended. */
  running({ signal }: CallOptions): Promise<readonly RunningStatement[]> {
    return this.#parts.client.running(signal);
  }

  /** Who our jobs run as; a free statement tells it. */
  async user(options: CallOptions): Promise<string> {
    return this.#asJob('select 1', options, async ({ jobId, deadline }) => {
      await this.#complete(jobId, deadline);
      const { user } = await deadline.guard(() => this.#statistics(jobId, deadline));
      return user ?? '';
    });
  }

  /** The first statement of a transaction: the session of the service it runs in. */
  async begin(options: CallOptions): Promise<string> {
    return this.#asJob('begin transaction', options, async ({ jobId, deadline }) => {
      await this.#complete(jobId, deadline);
      const { sessionId } = await deadline.guard(() => this.#statistics(jobId, deadline));
      if (sessionId === undefined) {
        const addition = 'it opened no session for a transaction';
        throw new ConnectorError('CONNECTOR_UNKNOWN', this.#parts.name, { addition });
      }
      return sessionId;
    });
  }

  async #asJob<Result>(
    sql: string,
    options: CallOptions,
    work: (job: { jobId: string; deadline: Deadline; startedAt: number }) => Promise<Result>,
  ): Promise<Result> {
    options.signal?.throwIfAborted();
    return this.#parts.turn(async () => {
      options.signal?.throwIfAborted();
      const jobId = this.#jobId(options);
      const deadline = this.#deadline(jobId, options);
      const startedAt = performance.now();
      try {
        await deadline.guard(() => this.#start(sql, { options, jobId, signal: deadline.signal }));
        return await work({ jobId, deadline, startedAt });
      } finally {
        deadline.dispose();
      }
    }, options);
  }

  async #start(
    sql: string,
    {
      options,
      jobId,
      signal,
    }: { readonly options: CallOptions; readonly jobId: string; readonly signal: AbortSignal },
  ): Promise<void> {
    const { client, name, readOnly } = this.#parts;
    const order = this.#order(sql, { options, jobId });
    if (options.purpose === 'replay' || readOnly === true) {
      const seen = await client.dryRun(order, signal);
      if (options.purpose === 'replay') {
        checkReplay(sql, { seen, name });
      } else if (seen.statementType !== 'SELECT') {
        throw new ConnectorError('CONNECTOR_READ_ONLY', name);
      }
    }
    try {
      await client.insert(order, signal);
    } finally {
      // Told to stop while the job was being made: the first cancellation may have come before there was one.
      if (signal.aborted) {
        await this.#cancel(jobId);
      }
    }
  }

  #order(
    sql: string,
    { options, jobId }: { readonly options: CallOptions; readonly jobId: string },
  ): JobOrder {
    const { dataset, maximumBytesBilled, statementTimeoutMs, sessionId } = this.#parts;
    return {
      jobId,
      query: `/* goldsmith='${options.purpose}' */ ${sql}`,
      labels: { goldsmith: options.purpose },
      jobTimeoutMs: Math.ceil(options.timeoutMs ?? statementTimeoutMs),
      maximumBytesBilled,
      defaultDataset: dataset,
      ...(sessionId === undefined ? { createSession: sql === 'begin transaction' } : { sessionId }),
    };
  }

  /** Waits until the job is done; its first page. A job that failed rejects. */
  async #complete(jobId: string, deadline: Deadline): Promise<Page> {
    const { client } = this.#parts;
    for (;;) {
      const page = await deadline.guard(() =>
        client.page(jobId, { rows: PAGE_ROWS, signal: deadline.signal }),
      );
      if (page.isComplete) {
        return page;
      }
    }
  }

  async *#further(
    jobId: string,
    { first, deadline }: { readonly first: Page; readonly deadline: Deadline },
  ): AsyncGenerator<Page> {
    const { client } = this.#parts;
    const { signal } = deadline;
    let token = first.nextToken;
    while (token !== undefined) {
      const at = { token, rows: PAGE_ROWS, signal };
      const page = await deadline.guard(() => client.page(jobId, at));
      yield page;
      token = page.nextToken;
    }
  }

  async #cost(
    jobId: string,
    {
      deadline,
      startedAt,
      rowsReturned,
    }: { readonly deadline: Deadline; readonly startedAt: number; readonly rowsReturned: number },
  ): Promise<StatementCost> {
    const durationMs = performance.now() - startedAt;
    const billed = await deadline.guard(() => this.#statistics(jobId, deadline));
    return { durationMs, cpuMs: workOf(billed, this.#parts.contract), rowsReturned };
  }

  /** A job is billed whether or not its rows were fetched; of one that failed the time it took stands for its bill. */
  async #tell(
    jobId: string,
    { taken, options }: { readonly taken: StreamTaken; readonly options: CallOptions },
  ): Promise<void> {
    const { durationMs, rowsReturned, failed } = taken;
    if (options.onCost === undefined) {
      return;
    }
    const cpuMs = failed
      ? durationMs
      : workOf(await this.#parts.client.statistics(jobId), this.#parts.contract);
    options.onCost({ durationMs, cpuMs, rowsReturned });
  }

  #statistics(jobId: string, { signal }: Deadline): Promise<JobStatistics> {
    return this.#parts.client.statistics(jobId, signal);
  }

  /** Ours for good: however often an answer gets lost, the statement runs once. */
  #jobId({ purpose }: CallOptions): string {
    return `goldsmith_${purpose}_${randomUUID()}`;
  }

  #deadline(jobId: string, options: CallOptions): Deadline {
    return startDeadline({ name: this.#parts.name, options, cancel: () => this.#cancel(jobId) });
  }

  async #cancel(jobId: string): Promise<void> {
    try {
      await this.#parts.client.cancel(jobId);
    } catch (error) {
      ignoreSinceLimited(error);
    }
  }
}

function ignoreSinceLimited(_error: unknown): void {
  // A job that is done, or never came to be, needs no cancelling; any other ends by its own `jobTimeoutMs`.
}
