import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, problem } from './bigquery-faults.ts';
import {
  BILLED_BYTES,
  type BigqueryJobs,
  HERE,
  type JobRequest,
  type ServedJob,
} from './bigquery-jobs.ts';

export const BIGQUERY_PROJECT = 'goldsmith-test';

export interface InsertBody {
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

/** Starts a job, or judges it without running where it is a dry run. */
export async function insert(
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
    location: jobReference.location ?? HERE,
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
    return problem(409, 'duplicate', `Already Exists: Job ${BIGQUERY_PROJECT}:EU.${request.jobId}`);
  }
  const job = jobs.start(request);
  return { status: 200, body: described(job) };
}

/** Functions somebody made, as a dry run tells them: here whatever is called with a dataset before its name. */
function routinesOf(query: string) {
  const called = [...query.matchAll(/\b(\w+)\.(\w+)\s*\(/g)].map(([, datasetId, routineId]) => ({
    projectId: BIGQUERY_PROJECT,
    datasetId,
    routineId,
  }));
  return called.length === 0 ? {} : { referencedRoutines: called };
}

const PAGE_ROWS = 10_000;

/** One page of a job's rows, or that it is not done. */
export async function results(
  job: ServedJob,
  { params, jobs }: { readonly params: URLSearchParams; readonly jobs: BigqueryJobs },
): Promise<Answer> {
  const patience = Number(params.get('timeoutMs') ?? 500);
  await Promise.race([job.done, wait(patience)]);
  const jobReference = { projectId: BIGQUERY_PROJECT, jobId: job.jobId, location: job.location };
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

/** A job as the service describes it. */
export function described(job: ServedJob) {
  const failed = job.problem;
  const errorResult =
    failed === undefined ? undefined : { reason: failed.reason, message: failed.message };
  return {
    kind: 'bigquery#job',
    user_email: `${job.identity}@${BIGQUERY_PROJECT}.iam.gserviceaccount.com`,
    id: `${BIGQUERY_PROJECT}:${job.location}.${job.jobId}`,
    jobReference: { projectId: BIGQUERY_PROJECT, jobId: job.jobId, location: job.location },
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
