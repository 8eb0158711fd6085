import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Hold, Holds } from './holds.ts';
import { refreshAllDynamic } from './snowflake-dynamic.ts';
import { type Fault, Faults } from './snowflake-faults.ts';
import { ObjectKeeper } from './snowflake-objects.ts';
import type { WireResult, WireRow } from './snowflake-results.ts';
import { RunningStatements } from './snowflake-running.ts';
import { SnowflakeFailure, SnowflakeSession } from './snowflake-sessions.ts';
import { type SignIn, type SnowflakeUser, signIn } from './snowflake-sign-in.ts';
import { openSnowflakeWorld } from './snowflake-world.ts';

export interface ReceivedStatement {
  readonly sql: string;
  readonly user: string;
  readonly requestId: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface SnowflakeServer {
  readonly url: string;
  readonly faults: Faults;
  /** Statements that were carried out, each once. */
  readonly statements: readonly ReceivedStatement[];
  /** Every request's path. */
  readonly paths: readonly string[];
  readonly openSessions: () => number;
  /** Statements that have not ended. */
  readonly running: () => number;
  /** Texts whose statements are refused to everybody. */
  readonly denied: Set<string>;
  /** Carries out the grants of a file: what is not granted is denied from then on. */
  grant(file: string): Promise<void>;
  /** Holds the next statement that matches until it is let go. */
  hold(when: RegExp): Hold;
  /** Runs a statement beside all sessions, in DuckDB's own words. */
  sql(text: string): Promise<void>;
  /** The lag of every dynamic table has passed: the account refreshes those it looks after. */
  lagsPass(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly queryId: string;
  readonly session: SnowflakeSession;
  readonly outcome: Promise<object>;
  readonly sql: string;
}

interface Request {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: string;
}

const ROWS_INLINE = 500;
const ROWS_A_CHUNK = 10_000;
/** How long a statement may take before the client is told to ask again. */
const PATIENCE_MS = 300;

/** A server of our own on the loopback that speaks Snowflake's protocol to its own SDK and executes in DuckDB. */
export async function startSnowflake({
  users,
}: {
  readonly users: readonly SnowflakeUser[];
}): Promise<SnowflakeServer> {
  const instance = await openSnowflakeWorld();
  const side = await instance.connect();
  await side.run('use "SHOP"."PUBLIC"');
  const keeper = new ObjectKeeper();
  const faults = new Faults();
  const statements: ReceivedStatement[] = [];
  const paths: string[] = [];
  const sessions = new Map<string, SnowflakeSession>();
  const expired = new Set<string>();
  const running = new Map<string, Running>();
  const notEnded = new RunningStatements();
  const holds = new Holds();
  const byRequest = new Map<string, Running>();
  const chunks = new Map<string, readonly WireRow[]>();
  let url = '';

  async function login({ body }: Request, answer: Answer): Promise<void> {
    const fault = faults.take('login');
    if (fault !== undefined) {
      await answer.fail(fault);
      return;
    }
    const { data } = body as { readonly data: SignIn };
    const found = signIn(users, data);
    if ('code' in found) {
      answer.json({ success: false, ...found, data: { authnMethod: data.AUTHENTICATOR } });
      return;
    }
    const session = await SnowflakeSession.open(instance, { who: found, keeper });
    sessions.set(session.token, session);
    answer.json(
      success({ ...tokensOf(session), sessionId: 1, sessionInfo: {}, parameters: PARAMETERS }),
    );
  }

  async function query(request: Request, answer: Answer): Promise<void> {
    const session = sessions.get(request.token);
    const { sqlText = '', parameters = {} } = request.body as {
      readonly sqlText?: string;
      readonly parameters?: Readonly<Record<string, unknown>>;
    };
    const requestId = request.query.get('requestId') ?? '';
    const fault = faults.take('query', sqlText);
    if (session === undefined || fault?.kind === 'expired' || expired.has(request.token)) {
      expired.add(request.token);
      answer.json(EXPIRED);
      return;
    }
    if (fault !== undefined && fault.kind !== 'lost' && fault.kind !== 'slow') {
      await answer.fail(fault);
      return;
    }
    let found = byRequest.get(requestId);
    if (found === undefined) {
      const queryId = randomUUID();
      statements.push({ sql: sqlText, user: session.who.user, requestId, parameters });
      found = {
        queryId,
        session,
        sql: sqlText,
        outcome: carryOut(session, { sqlText, queryId, parameters }),
      };
      running.set(queryId, found);
      byRequest.set(requestId, found);
    }
    if (fault?.kind === 'lost') {
      await found.outcome;
    }
    if (fault !== undefined) {
      await answer.fail(fault);
      if (fault.kind === 'lost') {
        return;
      }
    }
    await tell(found, answer);
  }

  async function carryOut(
    session: SnowflakeSession,
    {
      sqlText,
      queryId,
      parameters,
    }: { sqlText: string; queryId: string; parameters: Readonly<Record<string, unknown>> },
  ): Promise<object> {
    const { user } = session.who;
    const told = notEnded.answer(sqlText, user);
    if (told !== undefined) {
      return success(resultData(queryId, { sqlText, result: told }));
    }
    const cancelled = Promise.withResolvers<never>();
    cancelled.promise.catch(() => undefined);
    notEnded.begin(queryId, {
      sql: sqlText,
      user,
      tag: typeof parameters['QUERY_TAG'] === 'string' ? parameters['QUERY_TAG'] : '',
      cancel() {
        cancelled.reject(new SnowflakeFailure('000604', '57014', 'SQL execution canceled'));
        session.interrupt();
      },
    });
    const limit = Number(parameters['STATEMENT_TIMEOUT_IN_SECONDS'] ?? 0);
    const timer = limit > 0 ? setTimeout(() => session.interrupt(), limit * 1000) : undefined;
    try {
      const until = holds.take(sqlText);
      if (until !== undefined) {
        await Promise.race([until, cancelled.promise]);
      }
      const result = await session.run(sqlText);
      return success(resultData(queryId, { sqlText, result }));
    } catch (error) {
      const { code, sqlState, message } = error as SnowflakeFailure;
      return {
        success: false,
        code,
        message,
        data: { errorCode: code, sqlState, queryId, line: -1, pos: -1, type: 'COMPILATION' },
      };
    } finally {
      clearTimeout(timer);
      notEnded.end(queryId);
    }
  }

  function resultData(
    queryId: string,
    { sqlText, result }: { sqlText: string; result: WireResult },
  ): object {
    const kind = Object.keys(DML).find((verb) =>
      new RegExp(`^\\s*(/\\*[\\s\\S]*?\\*/\\s*)?${verb}\\b`, 'i').test(sqlText),
    );
    const told = kind === undefined ? result : changedRows(kind, result);
    const inline = told.rows.slice(0, ROWS_INLINE);
    const links: object[] = [];
    for (let from = ROWS_INLINE; from < told.rows.length; from += ROWS_A_CHUNK) {
      const id = randomUUID();
      const rows = told.rows.slice(from, from + ROWS_A_CHUNK);
      chunks.set(id, rows);
      links.push({
        url: `${url}/chunks/${id}`,
        rowCount: rows.length,
        uncompressedSize: rows.length * 20,
        compressedSize: rows.length * 5,
      });
    }
    return {
      queryId,
      rowtype: told.rowtype,
      rowset: inline,
      total: told.rows.length,
      returned: told.rows.length,
      ...(links.length === 0 ? {} : { chunks: links, chunkHeaders: { 'x-ours': '1' } }),
      queryResultFormat: 'json',
      parameters: PARAMETERS,
      version: 1,
      statementTypeId: kind === undefined ? 4096 : DML[kind],
      finalDatabaseName: 'SHOP',
      finalSchemaName: 'PUBLIC',
    };
  }

  async function tell(found: Running, answer: Answer): Promise<void> {
    const told = await Promise.race([found.outcome, after(PATIENCE_MS)]);
    answer.json(
      told ?? {
        success: true,
        code: '333333',
        message: 'Query execution in progress.',
        data: {
          queryId: found.queryId,
          getResultUrl: `/queries/${found.queryId}/result`,
          queryAbortsAfterSecs: 300,
        },
      },
    );
  }

  async function chunk(id: string, answer: Answer): Promise<void> {
    const fault = faults.take('chunk');
    const rows = chunks.get(id) ?? [];
    const body = gzipSync(rows.map((row) => JSON.stringify(row)).join(','), { level: 1 });
    if (fault !== undefined && fault.kind !== 'slow') {
      await answer.fail(fault, body);
      return;
    }
    await after(fault?.delayMs ?? 0);
    chunks.delete(id);
    answer.bytes(body);
  }

  async function route(request: Request, answer: Answer): Promise<void> {
    const { path } = request;
    const [, queryId = ''] = /^\/queries\/([^/]+)\//.exec(path) ?? [];
    if (path === '/session/v1/login-request') {
      await login(request, answer);
    } else if (path === '/queries/v1/query-request') {
      await query(request, answer);
    } else if (path === '/queries/v1/abort-request') {
      byRequest.get(String(request.body['requestId']))?.session.interrupt();
      answer.json(success(null));
    } else if (path.endsWith('/abort-request')) {
      running.get(queryId)?.session.interrupt();
      answer.json(success(null));
    } else if (path.endsWith('/result')) {
      const found = running.get(queryId);
      const fault = faults.take('result');
      await (found === undefined || fault !== undefined
        ? answer.fail(fault ?? { on: 'result', kind: 'status', status: 404 })
        : tell(found, answer));
    } else if (path.startsWith('/chunks/')) {
      await chunk(path.slice('/chunks/'.length), answer);
    } else if (path === '/session/token-request') {
      const session = [...sessions.values()].find(
        ({ masterToken }) => masterToken === request.token,
      );
      expired.delete(session?.token ?? '');
      answer.json(
        session === undefined
          ? EXPIRED
          : success({
              ...tokensOf(session),
              sessionToken: session.token,
              validityInSecondsST: 3600,
              validityInSecondsMT: 14_400,
            }),
      );
    } else if (path === '/session') {
      const session = sessions.get(request.token);
      sessions.delete(request.token);
      await session?.close();
      answer.json(success(null));
    } else if (path === '/oauth/token-request') {
      answer.json({
        access_token: 'from-client-credentials',
        token_type: 'bearer',
        expires_in: 600,
      });
    } else {
      answer.json(success(null));
    }
  }

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const request = await read(incoming);
      paths.push(request.path);
      await route(request, answerOver(incoming, outgoing));
    })().catch((error: unknown) => outgoing.destroy(error as Error));
  });
  // A process busy for seconds must not send into a connection that is just being closed for idleness.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    faults,
    statements,
    paths,
    denied: keeper.denied,
    openSessions: () => sessions.size,
    running: () => notEnded.count,
    grant: (file) => keeper.grants.carryOut(side, file),
    hold: (when) => holds.add(when),
    async sql(text) {
      await side.run(text);
      keeper.changes.note(text);
      const view = /^\s*CREATE\s+(?:OR\s+REPLACE\s+)?VIEW\s+([^\s(]+)/i.exec(text)?.[1];
      if (view !== undefined) {
        await keeper.made(side, {
          created: {
            what: 'VIEW',
            name: view,
            replaces: /^\s*CREATE\s+OR\s+REPLACE/i.test(text),
            copiesGrants: true,
            isSecure: false,
            typed: text.trim(),
          },
          role: 'PEOPLE',
        });
      }
    },
    lagsPass: () => refreshAllDynamic(side),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([...sessions.values()].map((session) => session.close()));
      side.disconnectSync();
      instance.closeSync();
    },
  };
}

const DML: Readonly<Record<string, number>> = {
  insert: 12_544,
  update: 12_800,
  delete: 13_056,
  merge: 13_312,
};

const EXPIRED = {
  success: false,
  code: '390112',
  message: 'Session token has expired.',
  data: null,
};

/** As a session says them; the SDK formats binary values by the last of these. */
const PARAMETERS = Object.entries({
  CLIENT_PREFETCH_THREADS: 2,
  TIMEZONE: 'UTC',
  JS_TREAT_INTEGER_AS_BIGINT: true,
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS.FF6',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  BINARY_OUTPUT_FORMAT: 'HEX',
}).map(([name, value]) => ({ name, value }));

function success(data: object | null): object {
  return { success: true, code: null, message: null, data };
}

function tokensOf({ token, masterToken }: SnowflakeSession): object {
  return { token, masterToken, validityInSeconds: 3600, masterValidityInSeconds: 14_400 };
}

/** DML answers with the number of rows it changed. */
function changedRows(kind: string, { changed }: WireResult): WireResult {
  const name = `number of rows ${kind === 'insert' ? 'inserted' : `${kind}d`}`;
  return {
    rowtype: [{ name, type: 'fixed', precision: 19, scale: 0, nullable: false }],
    rows: [[String(changed)]],
    changed,
  };
}

interface Answer {
  json(body: object): void;
  bytes(body: Buffer): void;
  fail(fault: Fault, body?: Buffer): Promise<void>;
}

function answerOver(incoming: IncomingMessage, outgoing: ServerResponse): Answer {
  const answer: Answer = {
    json(body) {
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(body));
    },
    bytes(body) {
      outgoing.writeHead(200, {
        'content-type': 'binary/octet-stream',
        'content-encoding': 'gzip',
      });
      outgoing.end(body);
    },
    async fail({ kind, status = 503, delayMs = 0 }, body = Buffer.from('{"success":')) {
      if (kind === 'slow') {
        await after(delayMs);
      } else if (kind === 'status') {
        outgoing.writeHead(status, { 'retry-after': '1' });
        outgoing.end();
      } else if (kind === 'truncated') {
        outgoing.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length });
        outgoing.write(body.subarray(0, body.length / 2), () => incoming.socket.destroy());
      } else {
        incoming.socket.destroy();
      }
    },
  };
  return answer;
}

async function read(incoming: IncomingMessage): Promise<Request> {
  const parts: Buffer[] = [];
  for await (const part of incoming) {
    parts.push(part as Buffer);
  }
  const raw = Buffer.concat(parts);
  const text = (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString();
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://server');
  const isJson = incoming.headers['content-type']?.includes('json') === true && text !== '';
  return {
    path: pathname,
    query: searchParams,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    token: /Token="([^"]*)"/.exec(incoming.headers.authorization ?? '')?.[1] ?? '',
  };
}

async function after(ms: number): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return undefined;
}
