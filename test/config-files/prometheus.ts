import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { freePort } from '../cli/a-command.ts';

export const PROMETHEUS_FOLDER = resolve('config/prometheus');

/** Says in one line why what needs Debian's `prometheus` package is skipped. */
export function isInstalled(program: 'prometheus' | 'promtool'): boolean {
  const isThere = spawnSync(program, ['--version']).status === 0;
  if (!isThere) {
    process.stdout.write(
      `skipped: ${program} is not installed (Debian: apt-get install prometheus)\n`,
    );
  }
  return isThere;
}

const answer = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z.object({ resultType: z.string(), result: z.array(z.unknown()) }).optional(),
});

export interface RunningPrometheus {
  /** Samples of an instant query; rejects with Prometheus's own sentence where it is no PromQL. */
  query(expr: string): Promise<readonly unknown[]>;
  /** Asks until there is a result, which may be late: a scrape that takes over a second leaves one without. Rejects with the query after a minute. */
  waitFor(expr: string): Promise<readonly unknown[]>;
  stop(): Promise<void>;
}

/** A real Prometheus with the shipped configuration and rules, scraping `target` every second. */
export async function startPrometheus(target: string): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-prometheus-'));
  const shipped = readFileSync(join(PROMETHEUS_FOLDER, 'prometheus.yaml'), 'utf8');
  const config = parse(shipped.replaceAll('goldsmith:7311', target)) as Record<string, unknown>;
  const file = join(folder, 'prometheus.yaml');
  writeFileSync(
    file,
    stringify({
      ...config,
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(PROMETHEUS_FOLDER, 'rules.yaml')],
    }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = once(child, 'close');

  async function query(expr: string): Promise<readonly unknown[]> {
    const response = await fetch(`http://${address}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expr }),
    });
    const { status, error, data } = answer.parse(await response.json());
    if (status !== 'success' || data === undefined) {
      throw new Error(`${expr}: ${error ?? status}`);
    }
    return data.result;
  }

  return {
    query,
    async waitFor(expr) {
      const deadline = performance.now() + 60_000;
      while (performance.now() < deadline) {
        const result = await query(expr).catch(() => []);
        if (result.length > 0) {
          return result;
        }
        await wait(200);
      }
      throw new Error(`prometheus never answered ${expr}`);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
