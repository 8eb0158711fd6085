import type { GitRemote } from './git-remote.ts';
import { githubSchema } from './github-schema.ts';

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

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The pull requests of one repository: what people see of them, and what GitHub answers about them. */
export interface PullBook {
  readonly pulls: ServedPull[];
  of(number: number): ServedPull;
  open(body: Record<string, string>): Answer;
  listed(query: URLSearchParams): Answer;
  ofPull(
    method: string,
    asked: { readonly pull: ServedPull; readonly body: Record<string, string> },
  ): Answer;
  ofIssue(method: string, asked: IssueAsked): Answer | undefined;
  merge(pull: ServedPull, by: string, how: 'merge' | 'squash'): void;
}

interface IssueAsked {
  readonly pull: ServedPull;
  /** After the number: `/comments`. */
  readonly rest: string;
  readonly body: unknown;
  readonly query: URLSearchParams;
}

/** `at` is when people merge and close. */
export function pullBook(remote: GitRemote, at: string): PullBook {
  const schema = githubSchema();
  const pulls: ServedPull[] = [];

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

  function ofIssue(method: string, { pull, rest, body, query }: IssueAsked): Answer | undefined {
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

  return {
    pulls,
    of(number) {
      const pull = pulls.find((each) => each.number === number);
      if (pull === undefined) {
        throw new Error(`there is no pull request ${number}`);
      }
      return pull;
    },
    open,
    listed,
    ofPull,
    ofIssue,
    merge(pull, by, how) {
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
