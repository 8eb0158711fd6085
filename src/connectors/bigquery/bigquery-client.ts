import type { BigQuery } from '@google-cloud/bigquery';
import { retry } from '../../base/retry.ts';
import { ConnectorError } from '../connector-error.ts';
import type { SchemaField, WireRow } from './cells.ts';
import {
  classifyBigqueryError,
  isDuplicate,
  isSignInRefused,
  isTransient,
} from './classify-bigquery-error.ts';
import { signInOf } from './sign-in.ts';

export interface BigqueryAddress {
  readonly project: string;
  readonly location: string;
  readonly apiEndpoint?: string | undefined;
  readonly keyFile?: string | undefined;
}

export interface BigqueryClientParts {
  readonly name: string;
  readonly address: BigqueryAddress;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A job as the service takes it: its id is ours, so that asking for it twice does it once. */
export interface JobOrder {
  readonly jobId: string;
  readonly query: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly jobTimeoutMs: number;
  readonly maximumBytesBilled: string;
  readonly defaultDataset?: string | undefined;
  readonly createSession?: boolean | undefined;
  readonly sessionId?: string | undefined;
}

export interface JobStatistics {
  readonly sessionId: string | undefined;
  readonly statementType: string | undefined;
  readonly bytesBilled: number;
  readonly slotMs: number;
  readonly durationMs: number | undefined;
  readonly callsRoutines: boolean;
  /** Who the job runs as. */
  readonly user: string | undefined;
}

export interface Page {
  readonly isComplete: boolean;
  readonly fields: readonly SchemaField[];
  readonly rows: readonly WireRow[];
  readonly nextToken: string | undefined;
  readonly affectedRows: number | undefined;
}

const ATTEMPTS = 5;
const FIRST_DELAY_MS = 200;

/** What the service says of a job, as far as we read it. */
interface JobResource {
  readonly user_email?: string;
  readonly statistics?: {
    readonly startTime?: string;
    readonly endTime?: string;
    readonly totalSlotMs?: string;
    readonly totalBytesProcessed?: string;
    readonly sessionInfo?: { readonly sessionId?: string };
    readonly query?: {
      readonly statementType?: string;
      readonly totalBytesBilled?: string;
      readonly totalSlotMs?: string;
      readonly referencedRoutines?: readonly unknown[];
    };
  };
}

interface PolicyPage {
  readonly rowAccessPolicies?: readonly {
    readonly rowAccessPolicyReference?: { readonly policyId?: string };
  }[];
  readonly nextPageToken?: string;
}

interface PageResource {
  readonly jobComplete?: boolean;
  readonly schema?: { readonly fields?: readonly SchemaField[] };
  readonly rows?: readonly WireRow[];
  readonly pageToken?: string;
  readonly numDmlAffectedRows?: string;
}

/**
 * The calls we make of the official client, each asked again where the fault was on the way. The client's own retries are off:
 * they would repeat what we could not classify. Cells are read by us: the client rounds 64-bit integers.
 */
export class BigqueryClient {
  readonly #parts: BigqueryClientParts;
  #opened: Promise<BigQuery> | undefined;

  constructor(parts: BigqueryClientParts) {
    this.#parts = parts;
  }

  /** Starts a job, or finds it started: an answer that got lost leaves a job behind, and its id tells so. */
  async insert(order: JobOrder, signal?: AbortSignal): Promise<void> {
    let isRepeated = false;
    await this.#call(signal, async (client) => {
      try {
        await client.createQueryJob(this.#configuration(order));
      } catch (error) {
        if (!(isRepeated && isDuplicate(error))) {
          isRepeated = true;
          throw error;
        }
      }
    });
  }

  /** Free of charge: whether it would run, what kind of statement it is and which functions people made it calls. */
  async dryRun(order: JobOrder, signal?: AbortSignal): Promise<JobStatistics> {
    return this.#call(signal, async (client) => {
      const [, resource] = await client.createQueryJob({
        ...this.#configuration(order),
        dryRun: true,
      });
      return statisticsOf(resource as JobResource);
    });
  }

  /** One page; it is not complete while the job runs, which is waited for some seconds. */
  async page(
    jobId: string,
    at: {
      readonly token?: string | undefined;
      readonly rows: number;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<Page> {
    const { location } = this.#parts.address;
    return this.#call(at.signal, async (client) => {
      const [rows, , response] = await client.job(jobId, { location }).getQueryResults({
        location,
        maxResults: at.rows,
        autoPaginate: false,
        skipParsing: true,
        ...(at.token === undefined ? {} : { pageToken: at.token }),
      });
      const page = (response ?? {}) as PageResource;
      return {
        isComplete: page.jobComplete !== false,
        fields: page.schema?.fields ?? [],
        rows: (page.rows ?? rows) as readonly WireRow[],
        nextToken: page.pageToken,
        affectedRows:
          page.numDmlAffectedRows === undefined ? undefined : Number(page.numDmlAffectedRows),
      };
    });
  }

  async statistics(jobId: string, signal?: AbortSignal): Promise<JobStatistics> {
    const { location } = this.#parts.address;
    return this.#call(signal, async (client) => {
      const [resource] = await client.job(jobId, { location }).getMetadata();
      return statisticsOf(resource as JobResource);
    });
  }

  /** Names of the row access policies on a table; a view has none of its own. */
  async rowAccessPolicies(
    {
      project,
      dataset,
      table,
    }: {
      readonly project: string | undefined;
      readonly dataset: string;
      readonly table: string;
    },
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    return this.#call(signal, async (client) => {
      const where = project === undefined ? {} : { projectId: project };
      const found = client.dataset(dataset, where).table(table);
      const names: string[] = [];
      let pageToken: string | undefined;
      do {
        const answer: unknown = await found.request({
          uri: '/rowAccessPolicies',
          qs: pageToken === undefined ? {} : { pageToken },
        });
        const [page = {}] = [answer].flat() as readonly PolicyPage[];
        names.push(
          ...(page.rowAccessPolicies ?? []).map(
            ({ rowAccessPolicyReference }) =>
              rowAccessPolicyReference?.policyId ?? 'without a name',
          ),
        );
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined && pageToken !== '');
      return names;
    });
  }

  async cancel(jobId: string): Promise<void> {
    const { location } = this.#parts.address;
    await this.#call(undefined, async (client) => {
      await client.job(jobId, { location }).cancel();
    });
  }

  #configuration({ defaultDataset, createSession, sessionId, ...order }: JobOrder) {
    const { project, location } = this.#parts.address;
    return {
      ...order,
      location,
      useLegacySql: false,
      // A cached answer costs nothing and tells nothing of what a statement costs.
      useQueryCache: false,
      ...(defaultDataset === undefined
        ? {}
        : { defaultDataset: { projectId: project, datasetId: defaultDataset } }),
      ...(createSession === true ? { createSession } : {}),
      ...(sessionId === undefined
        ? {}
        : { connectionProperties: [{ key: 'session_id', value: sessionId }] }),
    };
  }

  async #call<Result>(
    signal: AbortSignal | undefined,
    work: (client: BigQuery) => Promise<Result>,
  ): Promise<Result> {
    const { name, sleep } = this.#parts;
    let signedInAnew = false;
    return retry(
      async () => {
        try {
          return await work(await this.#client());
        } catch (error) {
          if (isSignInRefused(error) && !signedInAnew) {
            // A token that was withdrawn before its time: once, with a new one.
            signedInAnew = true;
            this.#opened = undefined;
            throw new ConnectorError('CONNECTOR_UNREACHABLE', name, { cause: error });
          }
          throw classifyBigqueryError(error, name);
        }
      },
      {
        clock: { sleep },
        attempts: ATTEMPTS,
        firstDelayMs: FIRST_DELAY_MS,
        isRetryable: isTransient,
        signal,
      },
    );
  }

  #client(): Promise<BigQuery> {
    this.#opened ??= open(this.#parts);
    return this.#opened;
  }
}

/** The driver is loaded here and nowhere else. */
async function open({ name, address }: BigqueryClientParts): Promise<BigQuery> {
  const { BigQuery: Client } = await import('@google-cloud/bigquery');
  const { project, location, apiEndpoint, keyFile } = address;
  return new Client({
    projectId: project,
    location,
    retryOptions: { autoRetry: false, maxRetries: 0 },
    ...(apiEndpoint === undefined ? {} : { apiEndpoint }),
    ...(keyFile === undefined ? {} : { authClient: await signInOf(keyFile, name) }),
  });
}

function statisticsOf({ statistics = {}, user_email: user }: JobResource): JobStatistics {
  const { query = {}, startTime, endTime, sessionInfo } = statistics;
  const durationMs =
    startTime === undefined || endTime === undefined
      ? undefined
      : Number(endTime) - Number(startTime);
  return {
    sessionId: sessionInfo?.sessionId,
    statementType: query.statementType,
    bytesBilled: Number(query.totalBytesBilled ?? 0),
    slotMs: Number(query.totalSlotMs ?? statistics.totalSlotMs ?? 0),
    durationMs,
    user,
    callsRoutines: (query.referencedRoutines ?? []).length > 0,
  };
}
