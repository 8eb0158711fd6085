import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { freePort } from '../free-port.ts';
import { CACHE, isThere } from '../installed.ts';
import { started } from '../started.ts';
import { withStandIns } from './stand-ins.ts';

const run = promisify(execFile);

const VERSION = 'v0.8.1';
const PROJECT = 'goldsmith-test';

export interface BigqueryEmulator {
  open(): Promise<Connector>;
  /** What it says of a statement by its own interface; empty where it carries it out. */
  saysOf(sql: string): Promise<string>;
  stop(): Promise<void>;
}

/** goccy's emulator, with GoogleSQL's own analyser, behind a server that signs in and puts stand-ins in the place of missing views. */
export async function startEmulator(datasets: readonly string[]): Promise<BigqueryEmulator> {
  const command = await built();
  const [port, grpc] = [await freePort(), await freePort()];
  const server = await started({
    command,
    args: [`--project=${PROJECT}`, '--host=127.0.0.1', `--port=${port}`, `--grpc-port=${grpc}`],
    ready: /REST server listening/,
  });
  for (const datasetId of datasets) {
    await made(datasetsOf(port), {
      datasetReference: { projectId: PROJECT, datasetId },
      location: 'EU',
    });
  }
  const before = createServer((request, response) => {
    void pass(request, response, port).catch((error: unknown) => {
      response.writeHead(502).end(String(error));
    });
  });
  await new Promise<void>((resolve) => before.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(before.address() as AddressInfo).port}`;
  const keyFile = await credentials(endpoint);
  return {
    open: () =>
      openBigquery({
        name: 'emulator',
        project: PROJECT,
        location: 'EU',
        apiEndpoint: endpoint,
        reader: { keyFile },
        writer: { keyFile },
        billing: 'bytes',
        maximumBytesBilled: 2 ** 40,
        statementTimeoutMs: 300_000,
        connections: 1,
        sleep: async (ms) => {
          await setTimeout(ms);
        },
      }),
    async saysOf(sql) {
      const reply = await fetch(
        `http://127.0.0.1:${port}/bigquery/v2/projects/${PROJECT}/queries`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: sql, useLegacySql: false }),
        },
      );
      return reply.ok ? '' : await reply.text();
    },
    async stop() {
      before.closeAllConnections();
      await new Promise((resolve) => before.close(resolve));
      await server.stop();
    },
  };
}

function datasetsOf(port: number): string {
  return `http://127.0.0.1:${port}/bigquery/v2/projects/${PROJECT}/datasets`;
}

/** `CREATE SCHEMA` makes none there, so the interface is asked. */
async function made(url: string, dataset: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(dataset) });
  if (!reply.ok) {
    throw new Error(`the emulator made no dataset: ${await reply.text()}`);
  }
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  const body = Buffer.concat(parts).toString();
  if (request.url === '/v1/token') {
    const token = { access_token: 'any', token_type: 'Bearer', expires_in: 3600 };
    const issued = 'urn:ietf:params:oauth:token-type:access_token';
    answer(response, 200, JSON.stringify({ ...token, issued_token_type: issued }));
    return;
  }
  const reply = await fetch(`http://127.0.0.1:${port}${request.url ?? '/'}`, {
    method: request.method ?? 'GET',
    headers: { 'content-type': 'application/json' },
    ...(body === ''
      ? {}
      : { body: await asked(body, (dataset) => `${datasetsOf(port)}/${dataset}/tables`) }),
  });
  answer(response, reply.status, await reply.text());
}

function answer(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    })
    .end(body);
}

interface Asked {
  readonly configuration?: { readonly query?: { readonly query?: string } };
}

async function asked(body: string, tables: (dataset: string) => string): Promise<string> {
  const request = JSON.parse(body) as Asked;
  const { configuration = {} } = request;
  const { query: said } = configuration.query ?? {};
  if (said === undefined) {
    return body;
  }
  const { sql, replaced } = withStandIns(said);
  if (replaced !== undefined) {
    await fetch(`${tables(replaced.dataset)}/${replaced.name}`, { method: 'DELETE' });
  }
  const query = { ...configuration.query, query: sql };
  return JSON.stringify({ ...request, configuration: { ...configuration, query } });
}

/** Workload identity federation, whose tokens the server in between gives out. */
async function credentials(endpoint: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'goldsmith-emulator-'));
  const subject = join(folder, 'subject');
  const file = join(folder, 'credentials.json');
  await writeFile(subject, 'any');
  const account = {
    type: 'external_account',
    audience:
      '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/p',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${endpoint}/v1/token`,
    credential_source: { file: subject },
  };
  await writeFile(file, JSON.stringify(account));
  return file;
}

/** Built from source by Go 1.25 or later, one package at a time: the analyser's are large. Takes from minutes to an hour, once. */
async function built(): Promise<string> {
  const folder = join(CACHE, 'bigquery');
  const binary = join(CACHE, 'bin', 'bigquery-emulator');
  if (await isThere(binary)) {
    return binary;
  }
  await mkdir(folder, { recursive: true });
  const module = 'github.com/goccy/bigquery-emulator';
  await writeFile(
    join(folder, 'go.mod'),
    `module goldsmith-emulators\n\ngo 1.25.0\n\nrequire ${module} ${VERSION}\n`,
  );
  await run('go', ['build', '-mod=mod', '-p=1', '-o', binary, `${module}/cmd/bigquery-emulator`], {
    cwd: folder,
  });
  return binary;
}
