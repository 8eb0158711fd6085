import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import {
  type Answer,
  answerWith,
  BigqueryFaults,
  type BigqueryRequest,
  problem,
} from './bigquery-faults.ts';
import { BILLED_BYTES, BigqueryJobs, type JobRequest, type ServedJob } from './bigquery-jobs.ts';
import { openBigqueryWorld } from './bigquery-world.ts';

export interface BigqueryServer {
  readonly endpoint: string;
  readonly project: string;
  readonly faults: BigqueryFaults;
  /** A credential file of workload identity federation, whose tokens this server gives out. */
  keyFileOf(identity: 'reader' | 'writer' | 'stranger'): string;
  /** Straight into DuckDB: what other people did. */
  people(sql: string): Promise<void>;
  jobs(): readonly ServedJob[];
  /** Requests by kind, as they came. */
  requests(): readonly BigqueryRequest[];
  /** From now on whatever holds this text is refused to an identity. */
  deny(identity: 'reader' | 'writer', text: string): void;
  /** From now on no token given out so far is taken. */
  expireTokens(): void;
  stop(): Promise<void>;
}

const PROJECT = 'goldsmith-test';

/** The REST service as its official client meets it, on a free port of this machine, executing in DuckDB. */
export async function startBigquery(): Promise<BigqueryServer> {
  const instance = await openBigqueryWorld(PROJECT);
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-bigquery-'));
  const faults = new BigqueryFaults();
  const requests: BigqueryRequest[] = [];
  const tokens = new Map<string, string>();
  const mayWrite = (identity: string) => identity === 'writer';
  const jobs = new BigqueryJobs({ instance, project: PROJECT, mayWrite });
  let given = 0;

  function giveToken(body: string): Answer {
    const identity = new URLSearchParams(body).get('subject_token') ?? '';
    if (identity === 'stranger') {
      return {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'unknown subject' },
      };
    }
    given += 1;
    const token = `token-${given}`;
    tokens.set(token, identity);
    return {
      status: 200,
      body: {
        access_token: token,
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 3600,
      },
    };
  }

  async function route(
    request: IncomingMessage,
    { url, body }: { readonly url: URL; readonly body: string },
  ): Promise<Answer> {
    if (url.pathname === '/v1/token') {
      return giveToken(body);
    }
    const identity = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (identity === undefined) {
      return problem(401, 'authError', 'Request had invalid authentication credentials.');
    }
    const [, project, rest = ''] =
      /^\/bigquery\/v2\/projects\/([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
    if (project !== PROJECT) {
      return problem(404, 'notFound', `Not found: Project ${project}`);
    }
    if (request.method === 'POST' && rest === 'jobs') {
      return insert(JSON.parse(body), { identity, jobs });
    }
    const [kind = '', jobId = '', verb] = rest.split('/');
    const job = jobs.get(decodeURIComponent(jobId));
    if (job === undefined) {
      return problem(404, 'notFound', `Not found: Job ${project}:EU.${jobId}`);
    }
    if (url.searchParams.get('location') !== 'EU') {
      return problem(404, 'notFound', `Not found: Job ${project}:US.${jobId}`);
    }
    if (kind === 'queries') {
      return results(job, { params: url.searchParams, jobs });
    }
    if (verb === 'cancel') {
      const message = 'Job execution was cancelled: User requested cancellation';
      job.cancel({ status: 400, reason: 'stopped', message });
      return { status: 200, body: { kind: 'bigquery#jobCancelResponse', job: described(job) } };
    }
    return { status: 200, body: described(job) };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const raw = Buffer.concat(chunks);
    const body = (
      request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    ).toString();
    const url = new URL(request.url ?? '/', 'http://localhost');
    const kind = kindOf(request, url);
    requests.push(kind);
    await answerWith(faults.take(kind), response, () => route(request, { url, body }));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;

  return {
    endpoint,
    project: PROJECT,
    faults,
    keyFileOf: (identity) => federatedKey({ folder, endpoint, identity }),
    async people(sql) {
      const connection = await instance.connect();
      await connection.run("set timezone = 'UTC'");
      await connection.run(sql);
      connection.closeSync();
    },
    jobs: () => jobs.all(),
    requests: () => requests,
    deny: (identity, text) => jobs.denied.push([identity, text]),
    expireTokens: () => tokens.clear(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
      instance.closeSync();
    },
  };
}

function federatedKey(parts: {
  readonly folder: string;
  readonly endpoint: string;
  readonly identity: string;
}): string {
  const subject = join(parts.folder, `${parts.identity}.token`);
  const file = join(parts.folder, `${parts.identity}.json`);
  writeFileSync(subject, parts.identity);
  writeFileSync(
    file,
    JSON.stringify({
      type: 'external_account',
      audience:
        '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/p',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${parts.endpoint}/v1/token`,
      credential_source: { file: subject },
    }),
  );
  return file;
}

function kindOf({ method }: IncomingMessage, { pathname }: URL): BigqueryRequest {
  if (pathname === '/v1/token') {
    return 'token';
  }
  if (pathname.includes('/queries/')) {
    return 'results';
  }
  if (pathname.endsWith('/cancel')) {
    return 'cancel';
  }
  return method === 'POST' ? 'insert' : 'job';
}

interface InsertBody {
  readonly jobReference: { readonly jobId: string; readonly location?: string };
  readonly configuration: {
    readonly dryRun?: boolean;
    readonly jobTimeoutMs?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly query: {
      readonly query: string;
      readonly maximumBytesBilled?: string;
      readonly createSession?: boolean;
      readonly connectionProperties?: readonly { readonly key: string; readonly value: string }[];
    };
  };
}

async function insert(
  { jobReference, configuration }: InsertBody,
  { identity, jobs }: { readonly identity: string; readonly jobs: BigqueryJobs },
): Promise<Answer> {
  const { query, dryRun, jobTimeoutMs, labels = {} } = configuration;
  const request: JobRequest = {
    jobId: jobReference.jobId,
    query: query.query,
    identity,
    labels,
    maximumBytesBilled:
      query.maximumBytesBilled === undefined ? undefined : Number(query.maximumBytesBilled),
    jobTimeoutMs: jobTimeoutMs === undefined ? undefined : Number(jobTimeoutMs),
    sessionId: query.connectionProperties?.find(({ key }) => key === 'session_id')?.value,
    createSession: query.createSession === true,
  };
  if (dryRun === true) {
    const checked = await jobs.check(request);
    if ('reason' in checked) {
      return problem(checked.status, checked.reason, checked.message);
    }
    const statistics = {
      totalBytesProcessed: String(BILLED_BYTES),
      query: {
        statementType: checked.statementType,
        totalBytesBilled: '0',
        ...routinesOf(request.query),
      },
    };
    return {
      status: 200,
      body: { jobReference, configuration, status: { state: 'DONE' }, statistics },
    };
  }
  if (jobs.get(request.jobId) !== undefined) {
    return problem(409, 'duplicate', `Already Exists: Job ${PROJECT}:EU.${request.jobId}`);
  }
  const job = jobs.start(request);
  return { status: 200, body: described(job) };
}

/** Functions somebody made, as a dry run tells them: here whatever is called with a dataset before its name. */
function routinesOf(query: string) {
  const called = [...query.matchAll(/\b(\w+)\.(\w+)\s*\(/g)].map(([, datasetId, routineId]) => ({
    projectId: PROJECT,
    datasetId,
    routineId,
  }));
  return called.length === 0 ? {} : { referencedRoutines: called };
}

const PAGE_ROWS = 10_000;

async function results(
  job: ServedJob,
  { params, jobs }: { readonly params: URLSearchParams; readonly jobs: BigqueryJobs },
): Promise<Answer> {
  const patience = Number(params.get('timeoutMs') ?? 500);
  await Promise.race([job.done, wait(patience)]);
  const jobReference = { projectId: PROJECT, jobId: job.jobId, location: 'EU' };
  if (job.state !== 'DONE') {
    return {
      status: 200,
      body: { kind: 'bigquery#getQueryResultsResponse', jobComplete: false, jobReference },
    };
  }
  if (job.problem !== undefined) {
    return problem(job.problem.status, job.problem.reason, job.problem.message);
  }
  const from = Number(params.get('pageToken') ?? 0);
  const count = Math.min(Number(params.get('maxResults') ?? PAGE_ROWS), PAGE_ROWS);
  const rows = await jobs.page(job, { from, count });
  const next = from + rows.length;
  return {
    status: 200,
    body: {
      kind: 'bigquery#getQueryResultsResponse',
      jobComplete: true,
      jobReference,
      ...(job.statementType === 'SELECT'
        ? { schema: { fields: job.fields }, totalRows: String(job.rows) }
        : {}),
      ...(rows.length === 0 ? {} : { rows }),
      ...(next < job.rows && rows.length > 0 ? { pageToken: String(next) } : {}),
      ...(job.affected === undefined ? {} : { numDmlAffectedRows: String(job.affected) }),
      totalBytesProcessed: String(BILLED_BYTES),
      cacheHit: false,
    },
  };
}

function described(job: ServedJob) {
  const failed = job.problem;
  const errorResult =
    failed === undefined ? undefined : { reason: failed.reason, message: failed.message };
  return {
    kind: 'bigquery#job',
    user_email: `${job.identity}@${PROJECT}.iam.gserviceaccount.com`,
    id: `${PROJECT}:EU.${job.jobId}`,
    jobReference: { projectId: PROJECT, jobId: job.jobId, location: 'EU' },
    configuration: { jobType: 'QUERY', query: { query: job.query }, labels: job.labels },
    status: {
      state: job.state,
      ...(errorResult === undefined ? {} : { errorResult, errors: [errorResult] }),
    },
    statistics: {
      creationTime: String(job.createdAt),
      startTime: String(job.createdAt),
      ...(job.endedAt === undefined ? {} : { endTime: String(job.endedAt) }),
      ...(job.session === undefined ? {} : { sessionInfo: { sessionId: job.session } }),
      totalSlotMs: String((job.endedAt ?? job.createdAt) - job.createdAt),
      query: {
        totalBytesBilled: String(BILLED_BYTES),
        totalSlotMs: '1500',
        statementType: job.statementType,
      },
    },
  };
}
