import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** `goldsmith` as a process of its own, as a person or a script runs it. */
export async function goldsmith(
  args: readonly string[],
  { cwd, stdin, env }: CommandOptions = {},
): Promise<Ended> {
  const child = start(args, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  });
  child.process.stdin?.end(stdin ?? '');
  return child.ended;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once this has been written to stdout; rejects when the process ends before. */
  saying(text: string): Promise<string>;
}

export function start(args: readonly string[], { cwd, env }: CommandOptions = {}): Started {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
    listeners.forEach((listen) => listen());
  });
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  child.stdin.on('error', () => {
    // A process that ends early closes its end first.
  });
  const ended = once(child, 'close').then(
    ([code]): Ended => ({ code: code as number | null, stdout, stderr }),
  );
  return {
    process: child,
    ended,
    saying: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (stdout.includes(text)) {
            listeners.delete(look);
            resolve(stdout);
          }
        };
        listeners.add(look);
        look();
        void ended.then(() =>
          reject(new Error(`ended without saying ${text}: ${stdout}${stderr}`)),
        );
      }),
  };
}

/** A port nobody listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
