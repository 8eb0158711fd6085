import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { AS_DEPLOYED } from './as-deployed.ts';
import type { Used } from './report-use.ts';

/**
 * `npm run bench -- [--rows 1000000]`: every bench in a process of its own, one after the other, and one table of what each
 * took. `bench/README.md` says what they measure.
 */
const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const rows = Number(values.rows);
if (!Number.isSafeInteger(rows) || rows <= 0) {
  process.stderr.write(`--rows must be a whole number above 0, not ${values.rows}\n`);
  process.exit(2);
}

interface Bench {
  readonly name: string;
  readonly arguments: readonly string[];
  /** Of Node. */
  readonly flags: readonly string[];
}

const BENCHES: readonly Bench[] = [
  { name: 'fingerprint', arguments: [], flags: [] },
  { name: 'mining', arguments: ['--rows', '200000'], flags: AS_DEPLOYED },
  { name: 'parse-rate', arguments: ['150'], flags: [] },
  { name: 'ingest', arguments: [String(rows)], flags: AS_DEPLOYED },
  { name: 'cycle', arguments: [String(rows)], flags: AS_DEPLOYED },
];

interface Ran {
  readonly name: string;
  readonly seconds: number;
  readonly used: Used | undefined;
  readonly said: readonly string[];
  readonly exitCode: number;
}

async function run({ name, arguments: given, flags }: Bench): Promise<Ran> {
  const startedAt = performance.now();
  const report = join(import.meta.dirname, 'report-use.ts');
  const child = spawn(
    process.execPath,
    [...flags, '--import', report, join(import.meta.dirname, `${name}.ts`), ...given],
    { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] },
  );
  const [, said, , used] = child.stdio;
  const [output, useText] = await Promise.all([
    text(said as NodeJS.ReadableStream),
    text(used as NodeJS.ReadableStream),
    once(child, 'exit'),
  ]);
  return {
    name,
    seconds: (performance.now() - startedAt) / 1000,
    used: useText === '' ? undefined : (JSON.parse(useText) as Used),
    said: output.split('\n').filter((line) => line !== ''),
    exitCode: child.exitCode ?? 1,
  };
}

function rowOf({ name, seconds, used, exitCode }: Ran): string {
  const cells = [
    seconds.toFixed(1),
    used === undefined ? '?' : used.cpuSeconds.toFixed(1),
    used === undefined ? '?' : String(Math.round(used.peakBytes / 2 ** 20)),
    exitCode === 0 ? '' : `failed (${exitCode})`,
  ];
  return `${name.padEnd(12)}${cells.map((cell) => cell.padStart(12)).join('')}\n`;
}

const ran: Ran[] = [];
for (const bench of BENCHES) {
  const result = await run(bench);
  ran.push(result);
  process.stdout.write(`${result.said.map((line) => `${bench.name}: ${line}`).join('\n')}\n\n`);
}
process.stdout.write(`${'bench'.padEnd(12)}      wall s       cpu s    peak MiB\n`);
for (const result of ran) {
  process.stdout.write(rowOf(result));
}
process.exitCode = ran.every(({ exitCode }) => exitCode === 0) ? 0 : 1;
