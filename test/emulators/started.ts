import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Started {
  /** The first line it printed that matched; its first group where it has one. */
  readonly said: string;
  stop(): Promise<void>;
}

export interface Starting {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where it may leave files. */
  readonly cwd?: string;
  /** What it prints when it is ready. */
  readonly ready: RegExp;
}

/** Starts a server as a process of its own and waits for what it says when it is ready. */
export async function started({ command, args, env = {}, cwd, ready }: Starting): Promise<Started> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const last: string[] = [];
  const said = Promise.withResolvers<string>();
  const ended = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      said.reject(new Error(`${command} ended with ${code}: ${last.join('\n')}`));
      resolve();
    });
  });
  child.on('error', said.reject);
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      last.push(line);
      last.splice(0, last.length - 40);
      const found = ready.exec(line);
      if (found !== null) {
        said.resolve(found[1] ?? found[0]);
      }
    });
  }
  return {
    said: await said.promise,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
