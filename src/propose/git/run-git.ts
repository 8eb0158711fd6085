import { spawn } from 'node:child_process';
import { gitError } from './git-error.ts';
import type { GitSettings } from './settings.ts';

export interface GitCommand {
  readonly args: readonly string[];
  readonly input?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
}

/** Runs one git command in the clone and gives what it wrote; rejects with a `GIT_...` error. */
export type RunGit = (command: GitCommand) => Promise<string>;

/** What git and ssh need of the environment; nothing else of it is handed on. */
const HANDED_ON = [
  'PATH',
  'HOME',
  'USER',
  'TMPDIR',
  'SSH_AUTH_SOCK',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSL_CAINFO',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'no_proxy',
  'NO_PROXY',
];

/** Nobody's config, no hooks, no helpers, no background work, and no transport that runs a program of the URL. */
const CONFIG: readonly (readonly [name: string, value: string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['credential.helper', ''],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['http.followRedirects', 'false'],
  ['protocol.allow', 'never'],
  ['protocol.https.allow', 'always'],
  ['protocol.http.allow', 'always'],
  ['protocol.ssh.allow', 'always'],
  ['protocol.file.allow', 'always'],
  ['push.gpgSign', 'false'],
  ['commit.gpgSign', 'false'],
];

const MOST_OUTPUT = 32_000_000;

export function openGit(settings: GitSettings, folder: string): RunGit {
  const environment = environmentOf(settings);
  return ({ args, input, env, signal }) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    if (signal.aborted) {
      reject(signal.reason);
      return promise;
    }
    const child = spawn('git', ['--git-dir', folder, ...args], {
      env: { ...environment, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    let size = 0;
    let why: 'timeout' | 'abort' | 'too-much' | undefined;
    const stop = (reason: NonNullable<typeof why>) => {
      why ??= reason;
      killGroup(child.pid);
    };
    const onAbort = () => stop('abort');
    const timer = setTimeout(() => stop('timeout'), settings.timeout);
    signal.addEventListener('abort', onAbort, { once: true });

    child.stdout.on('data', (piece: Buffer) => {
      size += piece.length;
      out.push(piece);
      if (size > MOST_OUTPUT) {
        stop('too-much');
      }
    });
    child.stderr.on('data', (piece: Buffer) => {
      if (errors.length < 1000) {
        errors.push(piece);
      }
    });
    const failed = (parts: { readonly exitCode?: number | null; readonly cause?: unknown }) =>
      why === 'abort'
        ? signal.reason
        : gitError({
            verb: args[0] ?? '',
            said: Buffer.concat(errors).toString('utf8'),
            hasTimedOut: why === 'timeout',
            token: settings.token,
            ...parts,
          });
    child.on('error', (cause) => reject(failed({ cause })));
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (exitCode === 0 && why === undefined) {
        resolve(Buffer.concat(out).toString('utf8'));
      } else {
        reject(failed({ exitCode }));
      }
    });
    // A command that ends without reading its input closes the pipe: its exit code says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    return promise;
  };
}

/** Git's own children (ssh, a transport) go with it. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) {
      process.kill(-pid, 'SIGKILL');
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}

function environmentOf({ remote, token, username, author }: GitSettings): Record<string, string> {
  const handed = Object.fromEntries(
    HANDED_ON.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const config = [
    ...CONFIG,
    ...(token === undefined || !/^https?:/.test(remote)
      ? []
      : [[`http.${new URL(remote).origin}/.extraHeader`, basic(username, token)] as const]),
  ];
  return {
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=20',
    ...handed,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(
      config.flatMap(([name, value], i) => [
        [`GIT_CONFIG_KEY_${i}`, name],
        [`GIT_CONFIG_VALUE_${i}`, value],
      ]),
    ),
  };
}

function basic(username: string, token: string): string {
  return `Authorization: Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`;
}
