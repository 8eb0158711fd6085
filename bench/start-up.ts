import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { startPostgres } from '../test/servers/postgres-cluster.ts';
import { AS_DEPLOYED } from './as-deployed.ts';
import { type CloudWarehouse, HISTORY_OF } from './history-day-sql.ts';
import type { ServerToStart, StartedServer } from './history-server.ts';

/**
 * `npm run build && node bench/start-up.ts [runs]`: from the start of the built daemon's process until it serves, in mode auto beside
 * a warehouse that answers, for each kind: wall and processor time, the least of so many runs (5 by default): all but the first find what Node compiled, as in the image. Where other work keeps
 * the cores busy, the processor time is what to look at.
 */
const RUNS = Number(process.argv[2] ?? 5);
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const TICKS_A_SECOND = 100;

interface Beside {
  readonly config: object;
  readonly stop: () => Promise<void>;
}

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-start-'));
try {
  if (!existsSync(MAIN)) {
    throw new Error('dist/main.js is not there: npm run build makes it');
  }
  for (const [kind, open] of warehouses()) {
    const { config, stop } = await open();
    const took: { readonly wallMs: number; readonly cpuMs: number }[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      took.push(await start({ ...config, state: { path: join(folder, `${kind}-${run}.sqlite`) } }));
    }
    await stop();
    const least = (of: 'wallMs' | 'cpuMs') => Math.min(...took.map((one) => one[of])).toFixed(0);
    process.stdout.write(
      `${kind}: ${least('wallMs')} ms, ${least('cpuMs')} ms cpu; load ${loadavg()[0]?.toFixed(1) ?? '?'}\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function warehouses(): readonly (readonly [string, () => Promise<Beside>])[] {
  const clouds = Object.keys(HISTORY_OF) as readonly CloudWarehouse[];
  return [
    ['duckdb', besideDuckdb],
    ['postgres', besidePostgres],
    ...clouds.map((kind) => [kind, () => besideCloud(kind)] as const),
  ];
}

async function besideDuckdb(): Promise<Beside> {
  const path = join(folder, 'shop.duckdb');
  (await DuckDBInstance.create(path)).closeSync();
  const history = { source: 'export', path: join(folder, '*.jsonl') };
  return { config: { warehouse: { kind: 'duckdb', path }, history }, stop: async () => undefined };
}

async function besidePostgres(): Promise<Beside> {
  const cluster = await startPostgres();
  const { host, port, database, superuser: user, password } = cluster;
  const identity = { user, password };
  return {
    config: {
      warehouse: {
        kind: 'postgres',
        postgres: {
          host,
          port,
          database,
          tls: { mode: 'off' },
          reader: identity,
          writer: identity,
        },
      },
      history: { source: 'postgres-statements' },
    },
    stop: () => cluster.stop(),
  };
}

async function besideCloud(warehouse: CloudWarehouse): Promise<Beside> {
  const path = join(folder, `${warehouse}.duckdb`);
  const day = { anHour: 0, hours: 1, templates: 1, until: Date.now(), path };
  const order: ServerToStart = { warehouse, day, folder };
  const script = fileURLToPath(new URL('./history-server.ts', import.meta.url));
  const server = fork(script, [JSON.stringify(order)]);
  const [{ warehouse: opened, ...config }] = (await once(server, 'message')) as [StartedServer];
  return {
    config: { ...config, warehouse: trustingAsUsual(opened) },
    stop: async () => {
      server.send('stop');
      await once(server, 'exit');
    },
  };
}

/** The server's certificate is trusted by NODE_EXTRA_CA_CERTS, as authorities that everybody knows are. */
function trustingAsUsual(warehouse: object): object {
  return JSON.parse(JSON.stringify(warehouse), (key, value: unknown) =>
    key === 'caFile' ? undefined : value,
  ) as object;
}

async function start(config: object): Promise<{ wallMs: number; cpuMs: number }> {
  const file = join(folder, 'goldsmith.yaml');
  writeFileSync(file, JSON.stringify({ mode: 'auto', http: { port: 0 }, ...config }));
  const startedAt = performance.now();
  const daemon = spawn(process.execPath, [...AS_DEPLOYED, MAIN, 'run', '--config', file], {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: daemon.stdout })) {
    lines.push(line);
    if (line.includes('goldsmith is running')) {
      const took = { wallMs: performance.now() - startedAt, cpuMs: cpuMsOf(daemon) };
      daemon.kill('SIGTERM');
      await once(daemon, 'exit');
      return took;
    }
  }
  throw new Error(`the daemon ended before it served:\n${lines.join('\n')}`);
}

/** Of all its threads, by the kernel. */
function cpuMsOf({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = '0', system = '0'] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return ((Number(user) + Number(system)) * 1000) / TICKS_A_SECOND;
}
