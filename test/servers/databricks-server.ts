import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { Changes } from './changes.ts';
import { Faults } from './databricks-faults.ts';
import { DatabricksGrants } from './databricks-grants.ts';
import { calledMethod, Protocol } from './databricks-protocol.ts';
import type { RunningStatement } from './databricks-statements.ts';
import { worldOf } from './databricks-world.ts';
import { type Hold, Holds } from './holds.ts';
import { selfSigned } from './self-signed.ts';

export interface DatabricksServer {
  readonly host: 'localhost';
  readonly port: number;
  /** The certificate to trust. */
  readonly cert: string;
  readonly faults: Faults;
  readonly statements: readonly RunningStatement[];
  /** Tags sent with each statement, by its id. */
  readonly tags: ReadonlyMap<string, string>;
  /** Requests for tokens so far, by grant. */
  readonly grants: readonly string[];
  /** Paths that are no business of ours, such as telemetry. */
  readonly strange: readonly string[];
  /** DuckDB's own SQL, as nobody's statement. */
  seed(sql: string): Promise<void>;
  /** An administrator's grants, as they stand in a file: what none of them gives is denied from the first on. */
  grant(file: string): Promise<void>;
  /** Every token given out so far is refused from now on. */
  expireTokens(): void;
  /** Holds the next statement that matches until it is let go. */
  hold(when: RegExp): Hold;
  forgetSessions(): void;
  /** What is under way is done all the same. */
  forgetStatements(): void;
  /** Sessions that are open. */
  sessions(): number;
  /** From now on the history tells no texts, as with keys of the customer's own. */
  hideTexts(): void;
  /** From now on the history tells no tags, as of statements without any. */
  hideTags(): void;
  close(): Promise<void>;
}

/** Service principals that may sign in, with their secrets. */
export const PRINCIPALS = {
  reader: { clientId: 'goldsmith-reader', clientSecret: 'reader-secret' },
  writer: { clientId: 'goldsmith-writer', clientSecret: 'writer-secret' },
} as const;

/** A token that somebody made for the reader. */
export const PERSONAL_TOKEN = 'dapi-reader';
/** What a workload's own identity provider signed. */
export const WORKLOAD_TOKEN = 'signed-by-the-workload';

/** A warehouse that speaks Databricks' protocol and runs statements in DuckDB. */
export async function startDatabricks(catalog = 'shop'): Promise<DatabricksServer> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const own = await instance.connect();
  for (const sql of worldOf(catalog)) {
    await own.run(sql);
  }
  await own.run(`use ${catalog}.sales`);
  const { key, cert } = selfSigned();
  const changes = new Changes();
  const faults = new Faults();
  const holds = new Holds();
  const statements: RunningStatement[] = [];
  const tags = new Map<string, string>();
  const grants: string[] = [];
  const strange: string[] = [];
  let tellsTexts = true;
  let tellsTags = true;
  const tokens = new Map([[PERSONAL_TOKEN, 'goldsmith-reader']]);
  const given = new DatabricksGrants();
  const protocol = new Protocol({
    instance,
    catalog,
    statements,
    tags,
    changes,
    holds,
    grants: given,
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const isThrift = request.headers['content-type'] === 'application/x-thrift';
    const fault = faults.take(isThrift ? calledMethod(body) : path, body.toString('latin1'));
    if (fault?.is === 'slow') {
      await setTimeout(fault.ms);
    }
    if (fault?.is === 'reset') {
      request.socket.destroy();
      return;
    }
    if (fault?.is === 'status') {
      const retryAfter = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      response.writeHead(fault.status, retryAfter).end();
      return;
    }
    const refusal = fault?.is === 'refused' ? fault.says : undefined;
    const [status, type, bytes] = await replyTo({ request, path, body, isThrift, refusal });
    if (fault?.is === 'lost-response') {
      await settled(statements.at(-1));
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': type, 'content-length': bytes.length });
    if (fault?.is === 'truncated') {
      response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.destroy());
      return;
    }
    response.end(bytes);
  }

  type Reply = readonly [status: number, type: string, bytes: Buffer];

  async function replyTo({
    request,
    path,
    body,
    isThrift,
    refusal,
  }: {
    readonly request: IncomingMessage;
    readonly path: string;
    readonly body: Buffer;
    readonly isThrift: boolean;
    readonly refusal: string | undefined;
  }): Promise<Reply> {
    if (path === '/oidc/v1/token') {
      return json(...tokenFor(request, body));
    }
    const user = tokens.get((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    if (user === undefined) {
      return json(401, { error_code: 'UNAUTHENTICATED' });
    }
    if (isThrift) {
      return [200, 'application/x-thrift', await protocol.answer(body, user, refusal)];
    }
    if (path === '/api/2.0/sql/history/queries') {
      const asked = JSON.parse(body.toString()) as { filter_by?: { statuses?: string[] } };
      const statuses = asked.filter_by?.statuses;
      const told = (one: RunningStatement) => ({
        ...historyEntry(one),
        ...(tellsTexts ? {} : { query_text: '' }),
        ...(tellsTags ? { query_tags: tagsOf(one) } : {}),
      });
      const tagsOf = ({ id }: RunningStatement) =>
        (tags.get(id) ?? '').split(',').flatMap((tag) => {
          const [key = '', value] = tag.split(':');
          return key === '' ? [] : [{ key, value }];
        });
      const own = statements.filter((one) => one.user === user).map(told);
      return json(200, {
        has_next_page: false,
        res: own.filter(({ status }) => statuses?.includes(status) ?? true),
      });
    }
    strange.push(path);
    return json(404, {});
  }

  function tokenFor(request: IncomingMessage, body: Buffer): readonly [number, object] {
    const form = new URLSearchParams(body.toString());
    const grant = form.get('grant_type') ?? '';
    grants.push(grant);
    const basic = (request.headers.authorization ?? '').replace(/^Basic /, '');
    const [id, secret] = Buffer.from(basic, 'base64').toString().split(':');
    const principal = Object.values(PRINCIPALS).find(({ clientId }) =>
      [id, form.get('client_id')].includes(clientId),
    );
    const isKnown = grant.endsWith('token-exchange')
      ? form.get('subject_token') === WORKLOAD_TOKEN
      : principal?.clientSecret === secret;
    if (principal === undefined || !isKnown) {
      return [401, { error: 'invalid_client' }];
    }
    const token = randomBytes(12).toString('hex');
    tokens.set(token, principal.clientId);
    return [200, { access_token: token, token_type: 'Bearer', expires_in: 3600 }];
  }

  const server = createServer({ key, cert }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  // A process busy for seconds must not send into a connection that is just being closed for idleness.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: 'localhost',
    port: (server.address() as AddressInfo).port,
    cert,
    faults,
    statements,
    tags,
    grants,
    strange,
    seed: async (sql) => {
      await own.run(sql);
      changes.note(sql);
      const view = /^\s*create\s+(?:or\s+replace\s+)?view\s+(\S+)/i.exec(sql)?.[1];
      if (view !== undefined) {
        const key = view.split('.').slice(-2).join('.');
        await own.run(`delete from lakehouse.unity.typed where name = '${key}'`);
      }
    },
    grant: (file) => given.carryOut(own, file),
    expireTokens: () => tokens.clear(),
    hold: (when) => holds.add(when),
    forgetSessions: () => protocol.forgetSessions(),
    forgetStatements: () => protocol.forgetStatements(),
    sessions: () => protocol.sessions,
    hideTexts: () => {
      tellsTexts = false;
    },
    hideTags: () => {
      tellsTags = false;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await protocol.close();
      own.closeSync();
      instance.closeSync();
    },
  };
}

function json(status: number, body: object): readonly [number, string, Buffer] {
  return [status, 'application/json', Buffer.from(JSON.stringify(body))];
}

const STATUS = {
  running: 'RUNNING',
  finished: 'FINISHED',
  cancelled: 'CANCELED',
  failed: 'FAILED',
  'timed-out': 'CANCELED',
} as const;

function historyEntry({ id, text, state, startedAt, failure }: RunningStatement) {
  return {
    query_id: id,
    status: STATUS[state],
    query_text: text,
    query_start_time_ms: startedAt,
    ...(failure === undefined ? {} : { error_message: failure.message }),
  };
}

async function settled(statement: RunningStatement | undefined): Promise<void> {
  while (statement?.state === 'running') {
    await setTimeout(5);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}
