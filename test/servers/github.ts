import { createVerify, generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GitRemote } from './git-remote.ts';
import { githubSchema } from './github-schema.ts';

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

export interface ServedPull {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  title: string;
  body: string;
  labels: string[];
  comments: string[];
  state: 'open' | 'closed';
  closedAt?: string;
  closedBy?: string;
  mergedAt?: string;
  mergedBy?: string;
  mergeCommit?: string;
  lastHead: string;
}

/** `lost`: it is carried out, and the connection breaks before the answer. `gone`: it breaks before. */
export type Fault =
  | 'lost'
  | 'gone'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown };

export const REPOSITORY = 'acme/warehouse';

/** Made once a worker: a key takes longer than most tests. */
let keys: ReturnType<typeof generateKeyPairSync> | undefined;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** `at` is when people merge and close. */
export async function startGithub(
  remote: GitRemote,
  at = '2026-03-20T09:00:00Z',
): Promise<GithubServer> {
  const schema = githubSchema();
  const root = `/repos/${REPOSITORY}`;
  keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { publicKey, privateKey } = keys;
  const pulls: ServedPull[] = [];
  const requests: string[] = [];
  const violations: string[] = [];
  const faults: { readonly text: string; readonly fault: Fault }[] = [];
  const token = 'github-token-of-the-tests';
  const tokens = new Set([token]);
  const pullOf = (number: number) => {
    const pull = pulls.find((each) => each.number === number);
    if (pull === undefined) {
      throw new Error(`there is no pull request ${number}`);
    }
    return pull;
  };

  /** A branch that is gone closes its pull request, as GitHub does it. */
  function settle(pull: ServedPull): void {
    const head = headOf(remote, pull.head);
    if (head !== undefined && pull.state === 'open') {
      pull.lastHead = head;
    }
    if (head === undefined && pull.state === 'open') {
      Object.assign(pull, { state: 'closed', closedAt: at, closedBy: 'whoever-deleted-it' });
    }
  }

  function told(pull: ServedPull, isListed = false): Record<string, unknown> {
    settle(pull);
    const example = isListed
      ? (schema.example('pull-request-simple-items') as unknown as Record<string, unknown>[])[0]
      : schema.example('pull-request');
    const user = example?.['user'] as Record<string, unknown>;
    const [labelled] = (example?.['labels'] ?? []) as readonly object[];
    const side = (name: 'head' | 'base', ref: string, sha: string) => ({
      ...(example?.[name] as object),
      label: `acme:${ref}`,
      ref,
      sha,
    });
    return {
      ...example,
      number: pull.number,
      state: pull.state,
      title: pull.title,
      body: pull.body === '' ? null : pull.body,
      labels: pull.labels.map((name) => ({ ...labelled, name })),
      requested_teams: [],
      head: side('head', pull.head, pull.lastHead),
      base: side('base', pull.base, headOf(remote, pull.base) ?? ''),
      closed_at: pull.closedAt ?? null,
      merged_at: pull.mergedAt ?? null,
      merge_commit_sha: pull.mergeCommit ?? null,
      ...(isListed
        ? {}
        : {
            merged: pull.mergedAt !== undefined,
            merged_by: pull.mergedBy === undefined ? null : { ...user, login: pull.mergedBy },
          }),
    };
  }

  function open(body: Record<string, string>): Answer {
    const { title = '', head = '', base = '', body: text = '' } = body;
    const sha = headOf(remote, head);
    const problem = (message: string) => ({
      status: 422,
      body: {
        message: 'Validation Failed',
        errors: [{ resource: 'PullRequest', code: 'custom', message }],
      },
    });
    if (sha === undefined) {
      return problem(`head ${head} is invalid`);
    }
    if (pulls.some((each) => each.head === head && each.state === 'open')) {
      return problem(`A pull request already exists for acme:${head}.`);
    }
    if (remote.git('rev-list', '--count', `${base}..${head}`) === '0') {
      return problem(`No commits between ${base} and ${head}`);
    }
    const pull: ServedPull = {
      number: 100 + pulls.length,
      head,
      base,
      title,
      body: text,
      labels: [],
      comments: [],
      state: 'open',
      lastHead: sha,
    };
    pulls.push(pull);
    return { status: 201, body: told(pull) };
  }

  function listed(query: URLSearchParams): Answer {
    const [, head = ''] = (query.get('head') ?? '').split(':');
    const found = pulls
      .filter((each) => each.head === head)
      .filter((each) => query.get('state') === 'all' || each.state === 'open')
      .toReversed();
    return { status: 200, body: page(found, query).map((pull) => told(pull, true)) };
  }

  function ofPull(
    method: string,
    { pull, body }: { readonly pull: ServedPull; readonly body: Record<string, string> },
  ): Answer {
    if (method === 'PATCH') {
      Object.assign(pull, body);
      if (body['state'] === 'closed') {
        Object.assign(pull, { closedAt: at, closedBy: 'goldsmith[bot]' });
      }
    }
    return { status: 200, body: told(pull) };
  }

  function ofIssue(
    method: string,
    {
      pull,
      rest,
      body,
      query,
    }: {
      readonly pull: ServedPull;
      readonly rest: string;
      readonly body: unknown;
      readonly query: URLSearchParams;
    },
  ): Answer | undefined {
    const issue = schema.example('issue');
    if (rest === '' && method === 'GET') {
      settle(pull);
      const closedBy = pull.closedBy ?? pull.mergedBy;
      return {
        status: 200,
        body: {
          ...issue,
          number: pull.number,
          state: pull.state,
          closed_by:
            closedBy === undefined ? null : { ...(issue['user'] as object), login: closedBy },
        },
      };
    }
    if (rest === '/labels' && method === 'POST') {
      const { labels } = body as { readonly labels: readonly string[] };
      pull.labels = [...new Set([...pull.labels, ...labels])];
      const [label] = schema.example('label-items') as unknown as object[];
      return { status: 200, body: pull.labels.map((name) => ({ ...label, name })) };
    }
    const comment = (text: string) => ({ ...schema.example('issue-comment'), body: text });
    if (rest === '/comments' && method === 'GET') {
      return { status: 200, body: page(pull.comments, query).map(comment) };
    }
    if (rest === '/comments' && method === 'POST') {
      const { body: text } = body as { readonly body: string };
      pull.comments.push(text);
      return { status: 201, body: comment(text) };
    }
    return undefined;
  }

  /** What an app signed with the key we gave it, not older than GitHub takes. */
  function isApp(authorization: string): boolean {
    const [head = '', claims = '', signature = ''] = authorization
      .replace(/^Bearer /, '')
      .split('.');
    const { iss, exp, iat } = JSON.parse(
      Buffer.from(claims, 'base64url').toString() || '{}',
    ) as Record<string, unknown>;
    return (
      iss === 'Iv1.tests' &&
      Number(exp) - Number(iat) <= 600 &&
      createVerify('RSA-SHA256')
        .update(`${head}.${claims}`)
        .verify(publicKey, signature, 'base64url')
    );
  }

  function asApp({
    method,
    path,
    authorization,
  }: {
    readonly method: string;
    readonly path: string;
    readonly authorization: string;
  }): Answer | undefined {
    const isTokens = method === 'POST' && path === '/app/installations/42/access_tokens';
    if (!isTokens && path !== `${root}/installation`) {
      return undefined;
    }
    if (!isApp(authorization)) {
      return { status: 401, body: { message: 'A JSON web token could not be decoded' } };
    }
    if (!isTokens) {
      return { status: 200, body: { ...schema.example('installation'), id: 42 } };
    }
    const given = `ghs_${tokens.size}`;
    tokens.add(given);
    return {
      status: 201,
      body: {
        token: given,
        expires_at: '2026-03-20T04:00:00Z',
        permissions: { contents: 'write' },
        repository_selection: 'selected',
      },
    };
  }

  function route(asked: {
    readonly method: string;
    readonly url: URL;
    readonly body: unknown;
    readonly authorization: string;
  }): Answer {
    const { method, url, body, authorization } = asked;
    const path = url.pathname;
    const app = asApp({ method, path, authorization });
    if (app !== undefined) {
      return app;
    }
    if (!tokens.has(authorization.replace(/^Bearer /, ''))) {
      return { status: 401, body: { message: 'Bad credentials' } };
    }
    if (path === `${root}/pulls`) {
      return method === 'POST' ? open(body as Record<string, string>) : listed(url.searchParams);
    }
    const [, kind, number, rest = ''] =
      new RegExp(`^${root}/(pulls|issues)/(\\d+)(/.*)?$`).exec(path) ?? [];
    const pull = pulls.find((each) => each.number === Number(number));
    const answer =
      pull === undefined
        ? undefined
        : kind === 'pulls'
          ? ofPull(method, { pull, body: (body ?? {}) as Record<string, string> })
          : ofIssue(method, { pull, rest, body, query: url.searchParams });
    return answer ?? { status: 404, body: { message: 'Not Found' } };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? '';
    const url = new URL(request.url ?? '/', 'http://localhost');
    const text = (await request.toArray()).join('');
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const named = `${method} ${url.pathname}`;
    requests.push(named);
    const wrong = schema.requestProblems({ method, path: url.pathname, body });
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
    token,
    app: {
      id: 'Iv1.tests',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
    takeUp(pull) {
      pulls.push(...(pull === undefined ? [] : [pull]));
    },
    fail: (text, fault) => faults.push({ text, fault }),
    merge(number, by, how = 'merge') {
      const pull = pullOf(number);
      settle(pull);
      remote.person('checkout', '--quiet', pull.base);
      remote.person('fetch', '--quiet');
      const branch = `origin/${pull.head}`;
      if (how === 'merge') {
        remote.person('merge', '--quiet', '--no-ff', '--no-edit', branch);
      } else {
        remote.person('merge', '--quiet', '--squash', branch);
        remote.person('commit', '--quiet', '--message', pull.title);
      }
      remote.person('push', '--quiet', 'origin', pull.base);
      Object.assign(pull, {
        state: 'closed',
        closedAt: at,
        mergedAt: at,
        mergedBy: by,
        mergeCommit: headOf(remote, pull.base),
      });
    },
    close: (number, by) =>
      Object.assign(pullOf(number), { state: 'closed', closedAt: at, closedBy: by }),
    comment: (number, text) => pullOf(number).comments.push(text),
    expireTokens() {
      tokens.clear();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function headOf(remote: GitRemote, branch: string): string | undefined {
  const found = remote.git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);
  return found === '' ? undefined : found;
}

function page<Item>(items: readonly Item[], query: URLSearchParams): readonly Item[] {
  const size = Number(query.get('per_page') ?? 30);
  const at = Number(query.get('page') ?? 1) - 1;
  return items.slice(at * size, (at + 1) * size);
}
