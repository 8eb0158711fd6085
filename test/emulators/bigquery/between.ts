import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withStandIns } from './stand-ins.ts';

interface Emulator {
  readonly port: number;
  readonly project: string;
}

export interface Between {
  /** For the driver. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Between the driver and the emulator: signs in, puts stand-ins in the place of what is missing, and tells errors as the service does. */
export async function startBetween(emulator: Emulator): Promise<Between> {
  const server = createServer((request, response) => {
    void pass(request, response, emulator).catch((error: unknown) => {
      response.writeHead(502).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function datasetsOf({ port, project }: Emulator): string {
  return `http://127.0.0.1:${port}/bigquery/v2/projects/${project}/datasets`;
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  emulator: Emulator,
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
  const reply = await fetch(`http://127.0.0.1:${emulator.port}${request.url ?? '/'}`, {
    method: request.method ?? 'GET',
    headers: { 'content-type': 'application/json' },
    ...(body === ''
      ? {}
      : { body: await asked(body, (dataset) => `${datasetsOf(emulator)}/${dataset}/tables`) }),
  });
  const told = asTheService(await reply.text(), body);
  answer(response, told.status ?? reply.status, told.body);
}

/**
 * What it fails on is an error of the statement, and none of the service, after which the same job would be asked for again; that of a dry
 * run is the answer's own and no part of a job.
 */
function asTheService(
  told: string,
  asked: string,
): { readonly status?: number; readonly body: string } {
  const said = told.replaceAll('"jobInternalError"', '"invalidQuery"');
  const isDry = asked !== '' && (JSON.parse(asked) as Asked).configuration?.dryRun === true;
  const { status } = isDry ? (JSON.parse(said) as Told) : {};
  if (status?.errorResult === undefined) {
    return { body: said };
  }
  const { message } = status.errorResult;
  const error = { code: 400, message, errors: [status.errorResult] };
  return { status: 400, body: JSON.stringify({ error }) };
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
  readonly configuration?: {
    readonly dryRun?: boolean;
    readonly query?: { readonly query?: string };
  };
}

interface Told {
  readonly status?: {
    readonly errorResult?: { readonly message: string; readonly reason: string };
  };
}

async function asked(body: string, tables: (dataset: string) => string): Promise<string> {
  const request = JSON.parse(body) as Asked;
  const { configuration = {} } = request;
  const { query: said } = configuration.query ?? {};
  if (said === undefined) {
    return body;
  }
  const { sql, replaced } = withStandIns(said);
  if (replaced !== undefined && configuration.dryRun !== true) {
    await fetch(`${tables(replaced.dataset)}/${replaced.name}`, { method: 'DELETE' });
  }
  const query = { ...configuration.query, query: sql };
  return JSON.stringify({ ...request, configuration: { ...configuration, query } });
}
