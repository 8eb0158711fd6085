import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HOUR_MS } from '../src/base/clock.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { startGoldsmith } from '../src/daemon/start-goldsmith.ts';
import { AS_DEPLOYED } from './as-deployed.ts';
import { type CloudWarehouse, HISTORY_OF } from './history-day-sql.ts';
import type { ServerReport, ServerToStart, StartedServer } from './history-server.ts';

/**
 * `node bench/history-day.ts --warehouse snowflake [--statements 100000000] [--hours 24] [--templates 10000]`: a day of so many
 * statements, made inside the engine behind a server of ours that speaks the warehouse's protocol, is mined by a daemon in mode
 * observe, hour by closed hour. `--hours` reads the last hours of such a day alone. Prints what was read, what came over the
 * wire, and the daemon's peak memory; the server is a process of its own.
 */
const { values } = parseArgs({
  options: {
    warehouse: { type: 'string', default: 'snowflake' },
    statements: { type: 'string', default: '100000000' },
    hours: { type: 'string', default: '24' },
    templates: { type: 'string', default: '10000' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'goldsmith-day-'));
try {
  if (!(values.warehouse in HISTORY_OF)) {
    throw new Error(`--warehouse must be one of ${Object.keys(HISTORY_OF).join(', ')}`);
  }
  if (AS_DEPLOYED.every((flag) => process.execArgv.includes(flag))) {
    await mineDay(values.warehouse as CloudWarehouse);
  } else {
    const self = [...AS_DEPLOYED, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    execFileSync(process.execPath, self, { stdio: 'inherit' });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function mineDay(warehouse: CloudWarehouse): Promise<void> {
  const hours = Number(values.hours);
  const anHour = Math.round(Number(values.statements) / 24);
  // The history is read by the real clock: the last hour that is closed for every one of the three.
  const until = Math.floor((Date.now() - 1.5 * HOUR_MS) / HOUR_MS) * HOUR_MS;
  const day = {
    anHour,
    hours,
    templates: Number(values.templates),
    until,
    path: join(folder, 'day.duckdb'),
  };
  const order: ServerToStart = { warehouse, day, folder };
  const script = fileURLToPath(new URL('./history-server.ts', import.meta.url));
  const server = fork(script, [JSON.stringify(order)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  try {
    const [started] = (await once(server, 'message')) as [StartedServer];
    say(`${anHour} statements an hour for ${hours} h are there; load ${load()}`);
    const before = await reportOf(server);
    await cycle(started);
    const after = await reportOf(server);
    say(
      `server: ${after.requests - before.requests} requests, ${mebibytes(after.sent - before.sent)} sent, ${mebibytes(after.received - before.received)} received, ${(after.cpuSeconds - before.cpuSeconds).toFixed(0)} s cpu, peak ${mebibytes(after.peakBytes)}`,
    );
  } finally {
    server.send('stop');
  }
}

async function reportOf(server: ReturnType<typeof fork>): Promise<ServerReport> {
  server.send('report');
  const [report] = (await once(server, 'message')) as [ServerReport];
  return report;
}

async function cycle({ warehouse, history, marts }: StartedServer): Promise<void> {
  const config = parseConfig({
    file: 'bench.yaml',
    env: {},
    text: JSON.stringify({
      mode: 'observe',
      warehouse,
      history,
      marts,
      state: { path: join(folder, 'state.sqlite') },
      log: { level: 'silent' },
    }),
  });
  let stage = { name: 'start', at: performance.now() };
  const stages: string[] = [];
  const next = (name: string) => {
    const at = performance.now();
    stages.push(`${stage.name} ${((at - stage.at) / 1000).toFixed(1)} s`);
    stage = { name, at };
  };
  const goldsmith = await startGoldsmith({ config, progress: (text) => next(text.trim()) });
  const rssAtStart = process.memoryUsage.rss();
  next('first');
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const { ingest, input } = await goldsmith.cycle();
  next('end');
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - startedAt) / 1000;
  say(
    [
      `daemon: ${seconds.toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s cpu`,
      `${ingest.rows} rows of groups, ${ingest.badRows} told as left out, ${ingest.newTemplates} templates`,
      `coverage ${(input.usage.coverage.resolvedShare * 100).toFixed(1)} %`,
      `${mebibytes(rssAtStart)} at the start, peak ${mebibytes(process.resourceUsage().maxRSS * 1024)}`,
      `load ${load()}`,
    ].join('; '),
  );
  say(stages.join(', '));
  for (const { where, because } of ingest.lastBadRows.slice(-3)) {
    say(`left out: ${where}: ${because}`);
  }
  await goldsmith.close();
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 1 : 0)} MiB`;
}

function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '?';
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
