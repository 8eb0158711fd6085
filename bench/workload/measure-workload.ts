import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { randomNumbers } from '../../src/prove/random-numbers.ts';
import { liveDays } from './live-days.ts';
import { Meter } from './meter.ts';
import type { BenchmarkQuery } from './open-data.ts';
import { RIVALS } from './rival.ts';
import type { Benchmark, Settings } from './settings.ts';
import { baseBytes, loadSql, readPools, type Source } from './warehouse.ts';
import { makeWorkload } from './workload.ts';
import type { WorkloadReport } from './workload-report.ts';

export interface WorkloadParts extends Omit<Settings, 'benchmarks' | 'peerFolder'> {
  readonly benchmark: Benchmark;
  /** The benchmark's Parquet files. */
  readonly folder: string;
  readonly queries: readonly BenchmarkQuery[];
  readonly say: (text: string) => void;
}

/** Loads one benchmark into a warehouse of its own, draws its workload, and lets the days go by. */
export async function measureWorkload(parts: WorkloadParts): Promise<WorkloadReport> {
  const startedAt = performance.now();
  const { benchmark, folder, days, runsPerDay, seed, out, queries } = parts;
  const home = join(out, benchmark);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const source: Source = { benchmark, folder, days };
  const instance = await DuckDBInstance.create(join(home, 'warehouse.duckdb'), {
    threads: '2',
    memory_limit: '3GB',
  });
  const meter = await Meter.open(instance);
  try {
    for (const sql of loadSql(source)) {
      await meter.run(sql);
    }
    await meter.run('checkpoint');
    const pools = await readPools(meter.connection, { benchmark, folder, seed });
    const random = randomNumbers(seed);
    const workload = makeWorkload({ queries, pools, days, runsPerDay, random });
    const bytes = await baseBytes(meter.connection);
    await meter.run(`attach '${join(home, 'rivals.duckdb')}' as ${RIVALS}`);
    const lived = await liveDays({
      ...parts,
      source,
      instance,
      meter,
      home,
      workload,
      bytes,
      random,
    });
    return {
      benchmark,
      scale: parts.scale,
      days,
      templates: queries.length,
      baseBytes: bytes,
      budgetBytes: Math.floor(bytes * parts.storageShare),
      ...lived,
      wallSeconds: (performance.now() - startedAt) / 1000,
    };
  } finally {
    meter.close();
    instance.closeSync();
  }
}
