import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AS_DEPLOYED, DEPLOYED_ENVIRONMENT } from './as-deployed.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const TOKEN = 'a-token-of-the-bench';
const TICKS_A_SECOND = 100;

export interface DaemonToStart {
  readonly config: object;
  /** For its config file, and for what Node compiles of its sources; `ca.pem` in it is trusted, as authorities that everybody knows are. */
  readonly folder: string;
}

/** The built daemon, `goldsmith run`, started as the image starts it. */
export interface DeployedDaemon {
  /** From the start of its process until it serves. */
  readonly startMs: number;
  used(): ProcessUse;
  /** Asks its API to do something. */
  post(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Of a whole process with all its threads, by the kernel. */
export interface ProcessUse {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** Starts it and waits until it serves. Raises where it was not built, or ends before it serves. */
export async function startDeployed({ config, folder }: DaemonToStart): Promise<DeployedDaemon> {
  if (!existsSync(MAIN)) {
    throw new Error('dist/main.js is not there: npm run build makes it');
  }
  const file = join(folder, 'goldsmith.yaml');
  const authorities = join(folder, 'ca.pem');
  writeFileSync(file, JSON.stringify({ ...config, http: { port: 0, token: TOKEN } }));
  const startedAt = performance.now();
  const daemon = spawn(process.execPath, [...AS_DEPLOYED, MAIN, 'run', '--config', file], {
    env: {
      ...process.env,
      ...DEPLOYED_ENVIRONMENT,
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
      ...(existsSync(authorities) ? { NODE_EXTRA_CA_CERTS: authorities } : {}),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await listening(daemon);
  return {
    startMs: performance.now() - startedAt,
    used: () => useOf(daemon),
    post: (path) => post(port, path),
    async stop() {
      daemon.kill('SIGTERM');
      if (daemon.exitCode === null && daemon.signalCode === null) {
        await once(daemon, 'exit');
      }
    },
  };
}

/** The port it says it serves on. */
async function listening(daemon: ChildProcess): Promise<number> {
  const said: string[] = [];
  const lines = createInterface({ input: daemon.stdout ?? process.stdin });
  const port = await new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes('"goldsmith is running"')) {
        resolve((JSON.parse(line) as { readonly port: number }).port);
      }
    });
    lines.on('close', () =>
      reject(new Error(`the daemon ended before it served:\n${said.join('\n')}`)),
    );
  });
  said.length = 0;
  return port;
}

/** However long it takes: `fetch` gives up after five minutes. */
async function post(port: number, path: string): Promise<unknown> {
  const asked = request({
    port,
    path,
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [NodeJS.ReadableStream];
  return JSON.parse(await text(answer));
}

function useOf({ pid }: ChildProcess): ProcessUse {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = '0', system = '0'] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return {
    cpuSeconds: (Number(user) + Number(system)) / TICKS_A_SECOND,
    residentBytes: kibibytes('VmRSS') * 1024,
    peakBytes: kibibytes('VmHWM') * 1024,
  };
}
