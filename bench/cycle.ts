import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { DAY_MS, handTurnedClock } from '../src/base/clock.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { startGoldsmith } from '../src/daemon/start-goldsmith.ts';
import { AS_DEPLOYED } from './as-deployed.ts';

/**
 * `node bench/cycle.ts [rows]`: whole cycles beside an embedded DuckDB: the first over a history of (by default) one million
 * rows of 10,000 templates, the next over 10,000 new rows, and one over none. Prints seconds, what took them, and peak
 * memory.
 */
const ROWS = Number(process.argv[2] ?? 1_000_000);
const TEMPLATES = Math.min(ROWS, 10_000);
const DAYS = 28;
const FROM = Date.parse('2026-02-01T00:00:00Z');

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-cycle-'));
try {
  if (AS_DEPLOYED.every((flag) => process.execArgv.includes(flag))) {
    await benchCycle();
  } else {
    const self = [...AS_DEPLOYED, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    execFileSync(process.execPath, self, { stdio: 'inherit' });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function benchCycle(): Promise<void> {
  makeHistory('first', { rows: ROWS, from: FROM, days: DAYS });
  const instance = await DuckDBInstance.create(join(folder, 'lake.duckdb'), {
    threads: '2',
    memory_limit: '1GB',
  });
  await makeWarehouse(instance);
  const engineBytes = process.memoryUsage.rss();
  say(`process with the engine and its tables: ${megabytes(engineBytes)}`);
  const clock = handTurnedClock(FROM + DAYS * DAY_MS);
  const config = parseConfig({
    file: 'bench.yaml',
    text: [
      'mode: observe',
      'warehouse: { kind: duckdb }',
      `history: { source: export, path: "${join(folder, 'history-*.jsonl')}" }`,
      `state: { path: "${join(folder, 'state.sqlite')}" }`,
      'log: { level: silent }',
    ].join('\n'),
    env: {},
  });
  let stages: { readonly name: string; readonly at: number }[] = [];
  const progress = (text: string) => {
    stages.push({ name: text.trim(), at: performance.now() });
  };
  const goldsmith = await startGoldsmith({ config, instance, clock, progress });
  const cycle = async (name: string) => {
    stages = [];
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    const { ingest, decision, input } = await goldsmith.cycle();
    const endedAt = performance.now();
    const seconds = (endedAt - startedAt) / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    const peak = process.resourceUsage().maxRSS * 1024;
    say(
      [
        `${name}: ${seconds.toFixed(1)} s (${((cpu.user + cpu.system) / 1e6).toFixed(1)} s cpu) for ${ingest.rows} rows`,
        `${ingest.newTemplates} new templates, ${input.usage.facts.length} facts, ${decision.verdicts.length} verdicts`,
        `coverage ${(input.usage.coverage.resolvedShare * 100).toFixed(1)} %`,
        `peak ${megabytes(peak)}, ${megabytes(peak - engineBytes)} beside the engine`,
        `load ${loadavg()[0]?.toFixed(1) ?? '?'}`,
      ].join('; '),
    );
    const took = stages.map(({ name: stage, at }, index) => {
      const until = stages[index + 1]?.at ?? endedAt;
      return `${stage} ${((until - at) / 1000).toFixed(1)} s`;
    });
    say(`  ${took.join(', ')}`);
  };
  await cycle('first cycle');
  makeHistory('next', { rows: 10_000, from: FROM + DAYS * DAY_MS, days: 1 });
  clock.turnTo(FROM + (DAYS + 1) * DAY_MS);
  await cycle('next cycle');
  await cycle('idle cycle');
  await goldsmith.close();
  instance.closeSync();
}

/** In a process of its own, so that its memory is not counted. */
function makeHistory(
  batch: string,
  part: { readonly rows: number; readonly from: number; readonly days: number },
): void {
  const script = fileURLToPath(new URL('./make-history.ts', import.meta.url));
  const wanted = {
    path: join(folder, `history-${batch}.jsonl`),
    templates: TEMPLATES,
    batch,
    ...part,
  };
  execFileSync(process.execPath, [script, JSON.stringify(wanted)]);
}

async function makeWarehouse(instance: DuckDBInstance): Promise<void> {
  const connection = await instance.connect();
  await connection.run('create schema silver');
  const numbers = (count: number, text: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => text(n)).join(', ');
  for (let at = 0; at < 40; at += 1) {
    await connection.run(
      `create table silver.dim_${at} as select i as id, 'name ' || i as name, 'region ' || i % 9 as region from range(200) t(i)`,
    );
    await connection.run(
      `create table silver.fact_${at} as select date '2026-01-01' + (i % 60)::integer as day, i % 50 as customer_id,
        ${numbers(40, (n) => `(i * ${n + 3}) % 200 as dim_${n}_id`)}, ${numbers(30, (n) => `i * ${n} / 7.0 as amount_${n}`)}, ${numbers(11, (n) => `i % ${n + 2} as quantity_${n}`)}
      from range(2000) t(i)`,
    );
  }
  connection.closeSync();
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
