import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureWorkload } from './measure-workload.ts';
import { openData } from './open-data.ts';
import { readSettings } from './settings.ts';
import { tableOf } from './workload-report.ts';

/** `node bench/workload/main.ts`: what whole workloads cost with marts and without; ends with 1 where an answer was wrong. */
const settings = readSettings(process.argv.slice(2));
mkdirSync(settings.out, { recursive: true });
const tables: string[] = [];
for (const benchmark of settings.benchmarks) {
  const data = await openData(benchmark, settings);
  if (data.kind === 'skipped') {
    process.stdout.write(`${benchmark} is skipped: ${data.because}\n`);
    continue;
  }
  const say = (text: string) => process.stdout.write(`${benchmark} ${text}\n`);
  const report = await measureWorkload({ ...settings, ...data, benchmark, say });
  const table = tableOf(report);
  tables.push(table);
  process.stdout.write(`\n${table}\n\n`);
  writeFileSync(join(settings.out, `${benchmark}.json`), JSON.stringify(report, null, 2));
  if (report.unequal.some(({ arm }) => arm === 'Goldsmith')) {
    process.exitCode = 1;
  }
}
writeFileSync(join(settings.out, 'workload.md'), tables.join('\n\n'));
