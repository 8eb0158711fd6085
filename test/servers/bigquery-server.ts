import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  BIGQUERY_PROJECT,
  described,
  type InsertBody,
  insert,
  results,
} from './bigquery-answers.ts';
import {
  type Answer,
  answerWith,
  BigqueryFaults,
  type BigqueryRequest,
  problem,
} from './bigquery-faults.ts';
import { BigqueryGrants } from './bigquery-grants.ts';
import { BigqueryJobs, HERE, type ServedJob } from './bigquery-jobs.ts';
import { keepMaking } from './bigquery-sql.ts';
import { openBigqueryWorld } from './bigquery-world.ts';
import type { Hold } from './holds.ts';

export interface BigqueryServer {
  readonly endpoint: string;
  readonly project: string;
  readonly faults: BigqueryFaults;
  /** A credential file of workload identity federation, whose tokens this server gives out. */
  keyFileOf(identity: 'reader' | 'writer' | 'stranger' | 'wrong-secret'): string;
  /** Straight into DuckDB: what other people did. */
  people(sql: string): Promise<void>;
  /** Lets a view, or all views of a dataset, read a dataset whoever asks them. */
  authorize(
    dataset: string,
    borrower: { readonly view: string } | { readonly dataset: string },
  ): void;
  /** Takes all of that off a dataset again. */
  authorizeNobody(dataset: string): void;
  /** A row access policy on a table of a dataset. */
  policyOn(table: string, policy: string): void;
  jobs(): readonly ServedJob[];
  /** Requests by kind, as they came. */
  requests(): readonly BigqueryRequest[];
  /** From now on whatever holds this text is refused to an identity. */
  deny(identity: 'reader' | 'writer', text: string): void;
  /** Paths of requests, as they came. */
  paths(): readonly string[];
  /** From now on both may do what these lines of a file of grants give, and nothing else; without lines, as at the beginning. */
  carryGrants(lines: readonly string[] | undefined): void;
  /** Nothing is refused to anybody any more. */
  allow(): void;
  /** Holds the next job that matches until it is let go. */
  hold(when: RegExp): Hold;
  /** From now on no token given out so far is taken. */
  expireTokens(): void;
  stop(): Promise<void>;
}

/** The REST service as its official client meets it, on a free port of this machine, executing in DuckDB. */
export async function startBigquery(): Promise<BigqueryServer> {
  const instance = await openBigqueryWorld(BIGQUERY_PROJECT);
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-bigquery-'));
  const faults = new BigqueryFaults();
  const requests: BigqueryRequest[] = [];
  const paths: string[] = [];
  const tokens = new Map<string, string>();
  const rowPolicies = new Map<string, readonly string[]>();
  const authorized = new Map<string, readonly object[]>();
  const mayWrite = (identity: string) => identity === 'writer';
  const jobs = new BigqueryJobs({ instance, project: BIGQUERY_PROJECT, mayWrite });
  let given = 0;

  function giveToken(body: string): Answer {
    const identity = new URLSearchParams(body).get('subject_token') ?? '';
    if (identity !== 'reader' && identity !== 'writer') {
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
    if (project !== BIGQUERY_PROJECT) {
      return problem(404, 'notFound', `Not found: Project ${project}`);
    }
    if (request.method === 'POST' && rest === 'jobs') {
      return insert(JSON.parse(body) as InsertBody, { identity, jobs });
    }
    if (request.method === 'GET' && rest === 'jobs') {
      if (jobs.grants?.has(identity, 'jobs.list') === false) {
        return problem(403, 'accessDenied', 'Access Denied: bigquery.jobs.list');
      }
      const state = url.searchParams.get('stateFilter')?.toUpperCase();
      const own = jobs.all().filter((each) => each.identity === identity && each.state === state);
      return { status: 200, body: { kind: 'bigquery#jobList', jobs: own.map(described) } };
    }
    if (rest === 'datasets') {
      const datasets = (await jobs.datasets(identity)).map((datasetId) => ({
        datasetReference: { projectId: project, datasetId },
        location: HERE,
      }));
      return { status: 200, body: { kind: 'bigquery#datasetList', datasets } };
    }
    const ofDataset = /^datasets\/([^/]+)$/.exec(rest)?.[1];
    if (ofDataset !== undefined) {
      for (const permission of ['datasets.get', 'datasets.getIamPolicy']) {
        const isDenied = jobs.denied.some(([who, what]) => who === identity && what === permission);
        if (isDenied || jobs.grants?.has(identity, permission, ofDataset) === false) {
          return problem(403, 'accessDenied', `Access Denied: bigquery.${permission}`);
        }
      }
      const datasetReference = { projectId: project, datasetId: ofDataset };
      // Roles stand in the list, too.
      const access = [
        { role: 'OWNER', specialGroup: 'projectOwners' },
        ...(authorized.get(ofDataset) ?? []),
      ];
      return { status: 200, body: { kind: 'bigquery#dataset', datasetReference, access } };
    }
    const ofTable = /^datasets\/([^/]+)\/tables\/([^/]+)\/rowAccessPolicies$/.exec(rest);
    if (ofTable !== null) {
      if (jobs.grants?.has(identity, 'rowAccessPolicies.list', ofTable[1]) === false) {
        return problem(403, 'accessDenied', 'Access Denied: bigquery.rowAccessPolicies.list');
      }
      const policies = rowPolicies.get(`${ofTable[1] ?? ''}.${ofTable[2] ?? ''}`) ?? [];
      return {
        status: 200,
        body: {
          rowAccessPolicies: policies.map((policyId) => ({
            rowAccessPolicyReference: { policyId },
          })),
        },
      };
    }
    const [kind = '', jobId = '', verb] = rest.split('/');
    const job = jobs.get(decodeURIComponent(jobId));
    if (job === undefined) {
      return problem(404, 'notFound', `Not found: Job ${project}:EU.${jobId}`);
    }
    const location = url.searchParams.get('location') ?? '';
    if (location !== job.location) {
      return problem(404, 'notFound', `Not found: Job ${project}:${location}.${jobId}`);
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
    paths.push(url.pathname);
    await answerWith(faults.take(kind, body), response, () => route(request, { url, body }));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  // A process busy for seconds must not send into a connection that is just being closed for idleness.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;

  return {
    endpoint,
    project: BIGQUERY_PROJECT,
    faults,
    keyFileOf: (identity) => federatedKey({ folder, endpoint, identity }),
    async people(sql) {
      const connection = await instance.connect();
      await connection.run("set timezone = 'UTC'");
      await connection.run(sql);
      const anew = /^\s*create\s+or\s+replace\s+table\s+(\S+)/i.exec(sql)?.[1];
      if (anew !== undefined) {
        await connection.run(keepMaking(anew));
      }
      jobs.changes.note(sql);
      connection.closeSync();
    },
    authorize(dataset, borrower) {
      const projectId = BIGQUERY_PROJECT;
      const [datasetId, tableId] = ('view' in borrower ? borrower.view : borrower.dataset).split(
        '.',
      );
      const entry =
        tableId === undefined
          ? { dataset: { dataset: { projectId, datasetId }, targetTypes: ['VIEWS'] } }
          : { view: { projectId, datasetId, tableId } };
      authorized.set(dataset, [...(authorized.get(dataset) ?? []), entry]);
    },
    authorizeNobody: (dataset) => void authorized.delete(dataset),
    policyOn: (table, policy) => void rowPolicies.set(table, [policy]),
    jobs: () => jobs.all(),
    requests: () => requests,
    paths: () => paths,
    deny: (identity, text) => jobs.denied.push([identity, text]),
    carryGrants(lines) {
      jobs.grants = lines === undefined ? undefined : new BigqueryGrants(lines);
    },
    allow: () => void jobs.denied.splice(0),
    hold: (when) => jobs.holds.add(when),
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
