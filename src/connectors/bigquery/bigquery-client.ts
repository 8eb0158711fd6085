import type { BigQuery } from '@google-cloud/bigquery';
import { retry } from '../../base/retry.ts';
import type { Borrower } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import type { RunningStatement } from '../stop-statements.ts';
import { onTheWayIn, type WayIn } from '../way-in.ts';
import type { SchemaField, WireRow } from './cells.ts';
import {
  classifyBigqueryError,
  isDuplicate,
  isSignInRefused,
  isTransient,
} from './classify-bigquery-error.ts';
import { type JobResource, type JobStatistics, statisticsOf } from './job-resource.ts';
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
  /** Whose client it is, for the words of what stops on its way. */
  readonly identity: WayIn['identity'];
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

export interface Page {
  readonly isComplete: boolean;
  readonly fields: readonly SchemaField[];
  readonly rows: readonly WireRow[];
  readonly nextToken: string | undefined;
  readonly affectedRows: number | undefined;
}

const ATTEMPTS = 5;
const FIRST_DELAY_MS = 200;

interface PolicyPage {
  readonly rowAccessPolicies?: readonly {
    readonly rowAccessPolicyReference?: { readonly policyId?: string };
  }[];
  readonly nextPageToken?: string;
}

interface DatasetPlace {
  readonly projectId?: string;
  readonly datasetId?: string;
}

/** As `datasets.get` tells it. */
interface DatasetResource {
  readonly access?: readonly {
    readonly view?: DatasetPlace & { readonly tableId?: string };
    readonly dataset?: {
      readonly dataset?: DatasetPlace;
      readonly targetTypes?: readonly string[];
    };
  }[];
}

interface DatasetPage {
  readonly datasets?: readonly { readonly location?: string }[];
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

  /** Between attempts, of whoever asks. */
  get sleep(): BigqueryClientParts['sleep'] {
    return this.#parts.sleep;
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

  /** Views that may read a dataset whoever asks them: those it names, and all of the datasets it names. */
  async authorizedViews(
    { project, dataset }: { readonly project: string | undefined; readonly dataset: string },
    signal?: AbortSignal,
  ): Promise<readonly Borrower[]> {
    const own = this.#parts.address.project;
    return this.#call(signal, async (client) => {
      const where = project === undefined ? {} : { projectId: project };
      const [resource] = await client.dataset(dataset, where).getMetadata();
      const { access = [] } = resource as DatasetResource;
      return access.flatMap((entry) => {
        const { targetTypes = [] } = entry.dataset ?? {};
        const place =
          entry.view ?? (targetTypes.includes('VIEWS') ? entry.dataset?.dataset : undefined);
        const { projectId, datasetId: schema } = place ?? {};
        const database = projectId === own ? undefined : projectId;
        return schema === undefined ? [] : [{ database, schema, name: entry.view?.tableId }];
      });
    });
  }

  async cancel(jobId: string): Promise<void> {
    const { location } = this.#parts.address;
    await this.#call(undefined, async (client) => {
      await client.job(jobId, { location }).cancel();
    });
  }

  /** Jobs of ours that wait or run, whichever process of ours started them. One may begin to run in between, so those that wait come first. */
  async running(signal?: AbortSignal): Promise<readonly RunningStatement[]> {
    return this.#call(signal, async (client) => {
      const found = new Map<string, RunningStatement>();
      for (const state of ['pending', 'running'] as const) {
        const [jobs] = await client.getJobs({ stateFilter: [state], projection: 'full' });
        for (const { id, metadata } of jobs) {
          const { configuration, status } = metadata as JobResource;
          const isOurs = configuration?.labels?.['goldsmith'] !== undefined;
          if (id !== undefined && isOurs && status?.state !== 'DONE') {
            found.set(id, { id, text: configuration?.query?.query ?? '' });
          }
        }
      }
      return [...found.values()];
    });
  }

  /** Where datasets lie that this identity may see, free of charge: up to the first that lies where we look. */
  async locations(signal?: AbortSignal): Promise<ReadonlySet<string>> {
    const { location } = this.#parts.address;
    return this.#call(signal, async (client) => {
      const found = new Set<string>();
      let pageToken: string | undefined;
      do {
        const [, , answer] = await client.getDatasets({
          autoPaginate: false,
          maxResults: 1_000,
          ...(pageToken === undefined ? {} : { pageToken }),
        });
        const page = (answer ?? {}) as DatasetPage;
        for (const { location: there = '' } of page.datasets ?? []) {
          found.add(there.toUpperCase());
        }
        found.delete('');
        pageToken = found.has(location.toUpperCase()) ? undefined : page.nextPageToken;
      } while (pageToken !== undefined && pageToken !== '');
      return found;
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
          throw onTheWayIn(classifyBigqueryError(error, name), wayIn(this.#parts));
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

function wayIn({ address, identity }: BigqueryClientParts): WayIn {
  const { apiEndpoint, keyFile } = address;
  const setting = `warehouse.bigquery.${identity}.keyFile`;
  return {
    identity,
    at: apiEndpoint === undefined ? SERVICE : new URL(apiEndpoint).host,
    addressIn: `${apiEndpoint === undefined ? '' : 'warehouse.bigquery.apiEndpoint, '}the name server, and HTTPS_PROXY where a proxy stands between`,
    secretIn:
      keyFile === undefined
        ? `the application default credentials, or set ${setting}`
        : `the file of ${setting}`,
    signsTime: keyFile !== undefined,
  };
}

const SERVICE = 'bigquery.googleapis.com';

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
