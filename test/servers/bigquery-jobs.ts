import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { BigqueryGrants } from './bigquery-grants.ts';
import { KeptViews } from './bigquery-kept.ts';
import { GoogleSqlError, type Understood, understand } from './bigquery-sql.ts';
import { fieldOf, type WireField, wireRow } from './bigquery-values.ts';
import { Changes } from './changes.ts';
import { Holds } from './holds.ts';
import { keepInterrupting } from './keep-interrupting.ts';

export interface JobRequest {
  readonly jobId: string;
  readonly query: string;
  readonly identity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly maximumBytesBilled: number | undefined;
  readonly jobTimeoutMs: number | undefined;
  readonly sessionId: string | undefined;
  readonly createSession: boolean;
  /** Where it runs. */
  readonly location: string;
}

/** Where all datasets of this server lie. */
export const HERE = 'EU';

export interface JobProblem {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

export interface ServedJob extends JobRequest {
  readonly createdAt: number;
  readonly done: Promise<void>;
  state: 'RUNNING' | 'DONE';
  statementType: string;
  problem: JobProblem | undefined;
  fields: readonly WireField[];
  rows: number;
  affected: number | undefined;
  endedAt: number | undefined;
  session: string | undefined;
  cancel(problem: JobProblem): void;
}

/** What a statement is billed here, whatever it reads: the service's minimum for one table. */
export const BILLED_BYTES = 10 * 1024 * 1024;

interface Held {
  readonly connection: DuckDBConnection;
  rows: readonly unknown[];
}

/** Jobs by their id: each runs once, in a DuckDB connection of its own or that of its session. */
export class BigqueryJobs {
  readonly #instance: DuckDBInstance;
  readonly #project: string;
  readonly #mayWrite: (identity: string) => boolean;
  /** What an identity may not ask for: whatever holds this text. */
  readonly denied: (readonly [identity: string, text: string])[] = [];
  /** Where some are carried, whatever they do not give is refused. */
  grants: BigqueryGrants | undefined;
  readonly changes = new Changes();
  readonly #kept = new KeptViews(this.changes);
  readonly holds = new Holds();
  readonly #jobs = new Map<string, ServedJob>();
  readonly #sessions = new Map<string, Held>();

  constructor(parts: {
    readonly instance: DuckDBInstance;
    readonly project: string;
    readonly mayWrite: (identity: string) => boolean;
  }) {
    this.#instance = parts.instance;
    this.#project = parts.project;
    this.#mayWrite = parts.mayWrite;
  }

  get(jobId: string): ServedJob | undefined {
    return this.#jobs.get(jobId);
  }

  all(): readonly ServedJob[] {
    return [...this.#jobs.values()];
  }

  /** Binds without running: what a dry run does. */
  async check(request: JobRequest): Promise<JobProblem | { readonly statementType: string }> {
    const connection = await this.#connect();
    try {
      const understood = understand(request.query);
      this.#requireAccess(request, understood);
      const names =
        understood.returnsRows || /^(CREATE|INSERT|UPDATE|DELETE)/.test(understood.statementType);
      for (const sql of names ? understood.sql.slice(0, 1) : []) {
        (await connection.prepare(sql)).destroySync();
      }
      return { statementType: understood.statementType };
    } catch (error) {
      return this.#problemOf(error);
    } finally {
      connection.closeSync();
    }
  }

  /** Of the datasets this identity may see. */
  async datasets(identity: string): Promise<readonly string[]> {
    const connection = await this.#connect();
    const reader = await connection.runAndReadAll('select schema_name from bq_info.schemata');
    connection.closeSync();
    const names = reader.getRows().map(([name]) => String(name));
    return names.filter((name) => this.grants?.has(identity, 'datasets.get', name) !== false);
  }

  start(request: JobRequest): ServedJob {
    const done = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    let stopped: JobProblem | undefined;
    let connection: DuckDBConnection | undefined;
    const job: ServedJob = {
      ...request,
      createdAt: Date.now(),
      done: done.promise,
      state: 'RUNNING',
      statementType: 'SELECT',
      problem: undefined,
      fields: [],
      rows: 0,
      affected: undefined,
      endedAt: undefined,
      session:
        request.sessionId ?? (request.createSession ? `session-${request.jobId}` : undefined),
      cancel(problem) {
        stopped ??= problem;
        told.resolve();
        if (connection !== undefined) {
          keepInterrupting(connection, done.promise);
        }
      },
    };
    this.#jobs.set(job.jobId, job);
    const timer =
      request.jobTimeoutMs === undefined
        ? undefined
        : setTimeout(
            () => job.cancel({ status: 400, reason: 'stopped', message: 'Job timed out' }),
            request.jobTimeoutMs,
          );
    const until = this.holds.take(request.query);
    const begin = until === undefined ? Promise.resolve() : Promise.race([until, told.promise]);
    void begin
      .then(() =>
        this.#run(job, (used) => {
          connection = used;
          return stopped !== undefined;
        }),
      )
      .catch((error: unknown) => {
        job.problem = stopped ?? this.#problemOf(error);
      })
      .finally(() => {
        clearTimeout(timer);
        job.endedAt = Date.now();
        job.state = 'DONE';
        done.resolve();
      });
    return job;
  }

  async page(job: ServedJob, at: { readonly from: number; readonly count: number }) {
    if (job.rows === 0) {
      return [];
    }
    const held = this.#sessions.get(job.session ?? '');
    if (held !== undefined) {
      return held.rows.slice(at.from, at.from + at.count);
    }
    const connection = await this.#connect();
    try {
      const reader = await connection.runAndReadAll(
        `select * from results.${nameOf(job)} where rowid >= ${at.from} and rowid < ${at.from + at.count} order by rowid`,
      );
      return reader.getRows().map(wireRow);
    } finally {
      connection.closeSync();
    }
  }

  async #connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    await connection.run("set timezone = 'UTC'");
    return connection;
  }

  async #run(job: ServedJob, use: (connection: DuckDBConnection) => boolean): Promise<void> {
    const understood = understand(job.query);
    job.statementType = understood.statementType;
    this.#requireAccess(job, understood);
    if (job.maximumBytesBilled !== undefined && job.maximumBytesBilled < BILLED_BYTES) {
      throw new Refused({
        status: 400,
        reason: 'bytesBilledLimitExceeded',
        message: `Query exceeded limit for bytes billed: ${job.maximumBytesBilled}. ${BILLED_BYTES} or higher required.`,
      });
    }
    const isInSession = job.session !== undefined;
    if (isInSession && understood.isDdl) {
      throw new GoogleSqlError('DDL statements are not supported in a transaction');
    }
    const held = job.session === undefined ? undefined : await this.#held(job.session, job);
    const connection = held?.connection ?? (await this.#connect());
    try {
      if (use(connection)) {
        throw new Error('INTERRUPT');
      }
      const sql = understood.returnsRows
        ? await this.#kept.answering(connection, { sql: job.query, isInTransaction: isInSession })
        : job.query;
      const read = sql === job.query ? understood : understand(sql);
      await this.#carryOut(job, { connection, held, understood: read });
    } finally {
      if (held === undefined) {
        connection.closeSync();
      } else if (/^(COMMIT|ROLLBACK)/.test(understood.statementType)) {
        held.connection.closeSync();
        this.#sessions.delete(job.session ?? '');
      }
    }
  }

  #requireAccess({ identity, query, location }: JobRequest, understood: Understood): void {
    if (location !== HERE && /\bfrom\b|`/i.test(query)) {
      throw new Refused({
        status: 404,
        reason: 'notFound',
        message: `Not found: Dataset ${this.#project}:shop was not found in location ${location}`,
      });
    }
    const denied = this.denied.find(([who, what]) => who === identity && query.includes(what));
    const missing = this.grants?.missing(identity, { sql: query, understood });
    if (missing !== undefined) {
      const [permission, dataset] = missing;
      throw new Refused({
        status: 403,
        reason: 'accessDenied',
        message: `Access Denied: ${dataset === undefined ? 'Project' : 'Dataset'} ${this.#project}${dataset === undefined ? '' : `:${dataset}`}: User does not have bigquery.${permission} permission`,
      });
    }
    const mayWrite = this.grants !== undefined || this.#mayWrite(identity);
    if ((understood.writes && !mayWrite) || denied !== undefined) {
      throw new Refused({
        status: 403,
        reason: 'accessDenied',
        message: `Access Denied: Table ${this.#project}:shop.x: User does not have permission`,
      });
    }
  }

  async #carryOut(
    job: ServedJob,
    {
      connection,
      held,
      understood,
    }: {
      readonly connection: DuckDBConnection;
      readonly held: Held | undefined;
      readonly understood: Understood;
    },
  ): Promise<void> {
    const [plain = '', ...others] = understood.sql;
    const first =
      understood.lastChangeOf === undefined
        ? plain
        : `select ${this.changes.lastOf(understood.lastChangeOf)}::bigint as changed`;
    if (understood.returnsRows && held === undefined) {
      const into = `results.${nameOf(job)}`;
      await connection.run(`create table ${into} as ${first}`);
      const shown = await connection.run(`select * from ${into} limit 0`);
      job.fields = shown.columnNames().map((name, at) => fieldOf(name, shown.columnType(at)));
      const counted = await connection.runAndReadAll(`select count(*) from ${into}`);
      job.rows = Number(counted.getRows()[0]?.[0] ?? 0);
      return;
    }
    if (understood.statementType === 'CALL') {
      await this.#kept.refresh(connection, job.query);
    }
    if (first === '') {
      return;
    }
    const result = await connection.run(first);
    if (held !== undefined && understood.returnsRows) {
      job.fields = result.columnNames().map((name, at) => fieldOf(name, result.columnType(at)));
      held.rows = (await result.getRows()).map(wireRow);
      job.rows = held.rows.length;
      return;
    }
    job.affected = result.rowsChanged;
    this.changes.note(job.query);
    for (const sql of others) {
      await connection.run(sql);
    }
  }

  async #held(session: string, { createSession }: JobRequest): Promise<Held> {
    const known = this.#sessions.get(session);
    if (known !== undefined) {
      return known;
    }
    if (!createSession) {
      throw new GoogleSqlError(`Session ${session} is not found`);
    }
    const held = { connection: await this.#connect(), rows: [] };
    this.#sessions.set(session, held);
    return held;
  }

  /** DuckDB's errors in the service's words and reasons. */
  #problemOf(error: unknown): JobProblem {
    if (error instanceof Refused) {
      return error.problem;
    }
    const message = String((error as Error).message);
    const missing =
      /Table with name (\S+) does not exist|Schema with name (\S+) does not exist/.exec(message);
    if (missing !== null) {
      const name = `${this.#project}:${missing[1] ?? missing[2]}`;
      return {
        status: 404,
        reason: 'notFound',
        message: `Not found: Table ${name} was not found in location EU`,
      };
    }
    if (/INTERRUPT/i.test(message)) {
      return {
        status: 400,
        reason: 'stopped',
        message: 'Job execution was cancelled: User requested cancellation',
      };
    }
    if (/already exists/i.test(message)) {
      return { status: 409, reason: 'duplicate', message: `Already Exists: ${message}` };
    }
    if (/conflict/i.test(message)) {
      const words = 'Transaction is aborted due to concurrent update against table';
      return { status: 400, reason: 'invalidQuery', message: `${words} ${this.#project}:shop.x` };
    }
    return { status: 400, reason: 'invalidQuery', message };
  }
}

class Refused extends Error {
  readonly problem: JobProblem;

  constructor(problem: JobProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

function nameOf({ jobId }: JobRequest): string {
  return `"${jobId}"`;
}
