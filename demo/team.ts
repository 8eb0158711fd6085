import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';

/** Where the demo's people work: a git repository of their own on this machine, and a Slack channel. */
export interface Team {
  /** Of the bare repository. */
  readonly remote: string;
  readonly webhook: string;
  /** What Slack was told since this was asked last, oldest first. */
  heard(): readonly string[];
  /** Files on the default branch, committed by a person. */
  commit(files: ReadonlyMap<string, string>): void;
  branches(): readonly string[];
  diff(branch: string): string;
  file(branch: string, path: string): string;
  /** A person merges a branch into the default one. */
  merge(branch: string): void;
  close(): void;
}

const PERSON = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@example.com',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@example.com',
};

/** Makes the repository with one commit, and listens for what Slack would be told. */
export async function openTeam(folder: string): Promise<Team> {
  const bare = join(folder, 'team.git');
  const clone = join(folder, 'team');
  const inBare = (...args: readonly string[]) => git(bare, args);
  const inClone = (...args: readonly string[]) => git(clone, args);
  mkdirSync(bare, { recursive: true });
  mkdirSync(clone, { recursive: true });
  inBare('init', '--quiet', '--bare', '--initial-branch=main');
  inClone('init', '--quiet', '--initial-branch=main');
  inClone('remote', 'add', 'origin', bare);
  const commit: Team['commit'] = (files) => {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(clone, path)), { recursive: true });
      writeFileSync(join(clone, path), text);
    }
    inClone('add', '--all');
    inClone('commit', '--quiet', '--message', 'Keep the gold layer here');
    inClone('push', '--quiet', 'origin', 'HEAD');
  };
  commit(new Map([['README.md', 'The retail lakehouse.\n']]));
  const slack = await openSlack();
  return {
    remote: `file://${bare}`,
    webhook: slack.webhook,
    heard: slack.heard,
    commit,
    branches: () => inBare('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n'),
    diff: (branch) => inBare('diff', `main...${branch}`),
    file: (branch, path) => inBare('show', `${branch}:${path}`),
    merge(branch) {
      inClone('fetch', '--quiet');
      inClone('merge', '--quiet', '--no-ff', '--no-edit', `origin/${branch}`);
      inClone('push', '--quiet', 'origin', 'main', `:${branch}`);
    },
    close: slack.close,
  };
}

function git(folder: string, args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...PERSON },
  }).trimEnd();
}

async function openSlack(): Promise<{
  readonly webhook: string;
  readonly heard: () => readonly string[];
  readonly close: () => void;
}> {
  const told: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      told.push((JSON.parse(body) as { text: string }).text);
      response.end('ok');
    });
  });
  const port = await listening(server);
  return {
    webhook: `http://127.0.0.1:${port}/services/T000/B000/demo`,
    heard: () => told.splice(0),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
