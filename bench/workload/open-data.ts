import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark, Settings } from './settings.ts';
import { SSB_QUERIES } from './ssb-queries.ts';

const run = promisify(execFile);
const LONGEST_MS = 1_200_000;

/** A folder of Parquet files, one a table, and the benchmark's statements; or why there is none. */
export type BenchmarkData =
  | { readonly kind: 'ready'; readonly folder: string; readonly queries: readonly BenchmarkQuery[] }
  | { readonly kind: 'skipped'; readonly because: string };

export interface BenchmarkQuery {
  readonly name: string;
  readonly sql: string;
}

/** Makes the data once: the generators come from PyPI, into a virtual environment outside the repository. */
export async function openData(
  benchmark: Benchmark,
  { peerFolder, scale }: Pick<Settings, 'peerFolder' | 'scale'>,
): Promise<BenchmarkData> {
  const requirements = join(import.meta.dirname, 'requirements.txt');
  const program = join(import.meta.dirname, 'generate.py');
  const home = join(peerFolder, `generators-${digest(requirements)}`);
  const python = join(home, 'bin', 'python');
  const folder = join(peerFolder, `${benchmark}-${scale}-${digest(program)}`);
  try {
    if (!existsSync(join(home, 'installed'))) {
      await mkdir(peerFolder, { recursive: true });
      await run('python3', ['-m', 'venv', home], { timeout: LONGEST_MS });
      const install = ['-m', 'pip', 'install', '--quiet', '-r', requirements];
      await run(python, install, { timeout: LONGEST_MS });
      await writeFile(join(home, 'installed'), '');
    }
    if (!existsSync(join(folder, 'made'))) {
      await run(python, [program, benchmark, String(scale), folder], { timeout: LONGEST_MS });
      await writeFile(join(folder, 'made'), '');
    }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { kind: 'skipped', because: `no data: ${text.split('\n')[0] ?? ''}` };
  }
  const packaged = JSON.parse(
    readFileSync(join(folder, 'queries.json'), 'utf8'),
  ) as BenchmarkQuery[];
  return { kind: 'ready', folder, queries: benchmark === 'ssb' ? SSB_QUERIES : packaged };
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
}
