import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GitRemote } from './git-remote.ts';
import { type Answer, pullBook, type ServedPull } from './github-pulls.ts';
import { githubSchema } from './github-schema.ts';
import { signIns } from './github-sign-in.ts';

/** GitHub's REST API about one repository, on loopback, over a real git repository. */
export interface GithubServer {
  readonly apiUrl: string;
  /** Requests as `POST /repos/acme/warehouse/pulls`, in order. */
  readonly requests: readonly string[];
  /** Where a request or an answer of ours is not what GitHub describes. */
  readonly violations: readonly string[];
  readonly pulls: readonly ServedPull[];
  /** A pull request as it was on another of these servers. */
  takeUp(pull: ServedPull | undefined): void;
  /** The next requests whose `METHOD path` holds this text are answered so, once each. */
  fail(text: string, fault: Fault): void;
  /** A person merges on the remote and says so here. */
  merge(number: number, by: string, how?: 'merge' | 'squash'): void;
  close(number: number, by: string): void;
  comment(number: number, text: string): void;
  /** Installation tokens given out so far are not taken any more. */
  expireTokens(): void;
  readonly token: string;
  readonly app: { readonly id: string; readonly privateKey: string };
  stop(): Promise<void>;
}

/** `lost`: it is carried out, and the connection breaks before the answer. `gone`: it breaks before. */
export type Fault =
  | 'lost'
  | 'gone'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown };

export const REPOSITORY = 'acme/warehouse';

/** `propose.github` for a daemon that works with this server. */
export function githubSettingsOf(
  { apiUrl, token }: Pick<GithubServer, 'apiUrl' | 'token'>,
  { url }: Pick<GitRemote, 'url'>,
) {
  return { repository: REPOSITORY, apiUrl, remote: url, branch: 'main', token } as const;
}

/** `at` is when people merge and close. */
export async function startGithub(
  remote: GitRemote,
  at = '2026-03-20T09:00:00Z',
): Promise<GithubServer> {
  const schema = githubSchema();
  const root = `/repos/${REPOSITORY}`;
  const book = pullBook(remote, at);
  const people = signIns(REPOSITORY);
  const { pulls } = book;
  const requests: string[] = [];
  const violations: string[] = [];
  const faults: { readonly text: string; readonly fault: Fault }[] = [];

  function route(asked: {
    readonly method: string;
    readonly url: URL;
    readonly body: unknown;
    readonly authorization: string;
  }): Answer {
    const { method, url, body, authorization } = asked;
    const path = url.pathname;
    const app = people.asApp({ method, path, authorization });
    if (app !== undefined) {
      return app;
    }
    if (!people.isSignedIn(authorization)) {
      return { status: 401, body: { message: 'Bad credentials' } };
    }
    if (path === `${root}/pulls`) {
      return method === 'POST'
        ? book.open(body as Record<string, string>)
        : book.listed(url.searchParams);
    }
    const [, kind, number, rest = ''] =
      new RegExp(`^${root}/(pulls|issues)/(\\d+)(/.*)?$`).exec(path) ?? [];
    const pull = pulls.find((each) => each.number === Number(number));
    const answer =
      pull === undefined
        ? undefined
        : kind === 'pulls'
          ? book.ofPull(method, { pull, body: (body ?? {}) as Record<string, string> })
          : book.ofIssue(method, { pull, rest, body, query: url.searchParams });
    return answer ?? { status: 404, body: { message: 'Not Found' } };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? '';
    const url = new URL(request.url ?? '/', 'http://localhost');
    const text = (await request.toArray()).join('');
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const named = `${method} ${url.pathname}`;
    requests.push(named);
    const wrong = schema.requestProblems({
      method,
      path: url.pathname,
      query: url.searchParams,
      body,
    });
    violations.push(...wrong.map((problem) => `${named}: ${problem}`));
    if (
      request.headers['user-agent'] === undefined ||
      request.headers['x-github-api-version'] === undefined
    ) {
      violations.push(`${named}: no user agent or version`);
    }
    const nth = faults.findIndex(({ text: part }) => named.includes(part));
    const [found] = nth === -1 ? [] : faults.splice(nth, 1);
    if (found?.fault === 'gone') {
      request.socket.destroy();
      return;
    }
    const answer =
      found === undefined || found.fault === 'lost'
        ? route({ method, url, body, authorization: request.headers.authorization ?? '' })
        : { status: found.fault.status, body: found.fault.body ?? { message: 'Server Error' } };
    if (found?.fault === 'lost') {
      request.socket.destroy();
      return;
    }
    const strange =
      found === undefined ? schema.answerProblems({ method, path: url.pathname, ...answer }) : [];
    violations.push(...strange.map((problem) => `answer to ${named}: ${problem}`));
    response.writeHead(answer.status, {
      'content-type': 'application/json; charset=utf-8',
      ...(found === undefined ? {} : (found.fault as { headers?: Record<string, string> }).headers),
    });
    response.end(JSON.stringify(answer.body));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      violations.push(String(error));
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    apiUrl: `http://127.0.0.1:${port}`,
    requests,
    violations,
    pulls,
    token: people.token,
    app: people.app,
    takeUp(pull) {
      pulls.push(...(pull === undefined ? [] : [pull]));
    },
    fail: (text, fault) => faults.push({ text, fault }),
    merge: (number, by, how = 'merge') => book.merge(book.of(number), by, how),
    close: (number, by) =>
      Object.assign(book.of(number), { state: 'closed', closedAt: at, closedBy: by }),
    comment: (number, text) => book.of(number).comments.push(text),
    expireTokens: () => people.expire(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
