import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { startPostgres } from '../test/servers/postgres-cluster.ts';
import { startDeployed } from './deployed-daemon.ts';
import { type CloudWarehouse, HISTORY_OF } from './history-day-sql.ts';
import type { ServerToStart, StartedServer } from './history-server.ts';

/**
 * `npm run build && node bench/start-up.ts [runs]`: from the start of the built daemon's process until it serves, in mode auto beside
 * a warehouse that answers, for each kind: wall and processor time, the least of so many runs (5 by default): all but the first find what Node compiled, as in the image. Where other work keeps
 * the cores busy, the processor time is what to look at.
 */
const RUNS = Number(process.argv[2] ?? 5);

interface Beside {
  readonly config: object;
  readonly stop: () => Promise<void>;
}

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-start-'));
try {
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
  const { moment } = HISTORY_OF[warehouse];
  const day = { anHour: 0, hours: 1, templates: 1, until: Date.now(), path, moment };
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
  const daemon = await startDeployed({ config: { mode: 'auto', ...config }, folder });
  const took = { wallMs: daemon.startMs, cpuMs: daemon.used().cpuSeconds * 1000 };
  await daemon.stop();
  return took;
}
