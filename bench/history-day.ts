import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HOUR_MS } from '../src/base/clock.ts';
import type { CycleReport } from '../src/http/service.ts';
import { startDeployed } from './deployed-daemon.ts';
import { type CloudWarehouse, HISTORY_OF } from './history-day-sql.ts';
import type { ServerReport, ServerToStart, StartedServer } from './history-server.ts';

/**
 * `npm run build && node bench/history-day.ts --warehouse snowflake [--statements 100000000] [--hours 24] [--templates 10000]`: a day
 * of so many statements, made inside the engine behind a server of ours that speaks the warehouse's protocol, is mined by the built
 * daemon in mode observe, hour by closed hour. `--hours` reads the last hours of such a day alone. Prints what was read, what came
 * over the wire, and the daemon's peak memory; daemon and server are processes of their own.
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
  await mineDay(values.warehouse as CloudWarehouse);
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
    moment: HISTORY_OF[warehouse].moment,
  };
  const order: ServerToStart = { warehouse, day, folder };
  const script = fileURLToPath(new URL('./history-server.ts', import.meta.url));
  const server = fork(script, [JSON.stringify(order)]);
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
  const daemon = await startDeployed({
    folder,
    config: {
      mode: 'observe',
      warehouse,
      history,
      marts,
      state: { path: join(folder, 'state.sqlite') },
      // Cycles are asked for, not scheduled.
      schedule: { cron: '0 0 29 2 *' },
    },
  });
  const before = daemon.used();
  const startedAt = performance.now();
  const { history: told, coverage, badRows } = (await daemon.post('/v1/once')) as CycleReport;
  const seconds = (performance.now() - startedAt) / 1000;
  const after = daemon.used();
  say(
    [
      `daemon: ${seconds.toFixed(0)} s, ${(after.cpuSeconds - before.cpuSeconds).toFixed(0)} s cpu`,
      `${told.used + told.skipped + told.duplicate} rows of groups, ${told.bad} told as left out`,
      `coverage ${(coverage.byStatements * 100).toFixed(1)} %`,
      `${mebibytes(before.residentBytes)} at the start, ${mebibytes(after.residentBytes)} at the end, peak ${mebibytes(after.peakBytes)}`,
      `load ${load()}`,
    ].join('; '),
  );
  for (const { where, because } of badRows.slice(-3)) {
    say(`left out: ${where}: ${because}`);
  }
  await daemon.stop();
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
