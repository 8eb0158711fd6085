import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { GitRemote } from './git-remote.ts';

export interface GitHttp {
  readonly url: string;
  /** What requests signed in with, each once. */
  readonly signedInWith: ReadonlySet<string>;
  stop(): Promise<void>;
}

const BACKEND = join(
  execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(),
  'git-http-backend',
);

/** Not every git is installed with it. */
export const hasGitHttp = existsSync(BACKEND);

/** A remote over http, by git's own CGI, for one user and password. */
export async function serveGit(
  remote: GitRemote,
  user: string,
  password: string,
): Promise<GitHttp> {
  remote.git('config', 'http.receivepack', 'true');
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const signedInWith = new Set<string>();
  const server = createServer((request, response) => {
    const signedIn = request.headers.authorization ?? '';
    signedInWith.add(signedIn);
    if (signedIn !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const cgi = spawn(BACKEND, [], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: remote.folder,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        REMOTE_USER: user,
        REQUEST_METHOD: request.method,
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(cgi.stdin);
    const pieces: Buffer[] = [];
    cgi.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    cgi.on('close', () => {
      const answer = Buffer.concat(pieces);
      const end = answer.indexOf('\r\n\r\n');
      const headers = Object.fromEntries(
        answer
          .subarray(0, end)
          .toString()
          .split('\r\n')
          .map((line) => line.split(': ') as [string, string]),
      );
      response.writeHead(Number.parseInt(headers['Status'] ?? '200', 10), headers);
      response.end(answer.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/remote.git`,
    signedInWith,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
