import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { Contract } from '../../../src/connectors/bigquery/contract.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { freePort } from '../free-port.ts';
import { CACHE, isThere } from '../installed.ts';
import { started } from '../started.ts';
import { datasetsOf, startBetween } from './between.ts';

const run = promisify(execFile);

const VERSION = 'v0.8.1';
const PROJECT = 'goldsmith-test';

export interface BigqueryEmulator {
  /** A reader and a writer; paid as said, by bytes where nothing is. */
  open(contract?: Contract): Promise<Connector>;
  /** What it says of a statement by its own interface; empty where it carries it out. */
  saysOf(sql: string, how?: { readonly dryRun: true }): Promise<string>;
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
    await made(datasetsOf({ port, project: PROJECT }), {
      datasetReference: { projectId: PROJECT, datasetId },
      location: 'EU',
    });
  }
  const between = await startBetween({ port, project: PROJECT });
  const { endpoint } = between;
  const keyFile = await credentials(endpoint);
  return {
    open: (contract = { billing: 'bytes' }) =>
      openBigquery({
        name: 'emulator',
        project: PROJECT,
        location: 'EU',
        apiEndpoint: endpoint,
        reader: { keyFile },
        writer: { keyFile },
        ...contract,
        maximumBytesBilled: 2 ** 40,
        statementTimeoutMs: 300_000,
        connections: 1,
        sleep: async (ms) => {
          await setTimeout(ms);
        },
      }),
    async saysOf(sql, how) {
      const reply = await fetch(
        `http://127.0.0.1:${port}/bigquery/v2/projects/${PROJECT}/queries`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: sql, useLegacySql: false, ...how }),
        },
      );
      return reply.ok ? '' : await reply.text();
    },
    async stop() {
      await between.stop();
      await server.stop();
    },
  };
}

/** `CREATE SCHEMA` makes none there, so the interface is asked. */
async function made(url: string, dataset: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(dataset) });
  if (!reply.ok) {
    throw new Error(`the emulator made no dataset: ${await reply.text()}`);
  }
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
