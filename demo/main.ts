import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runPostgres } from './postgres-run.ts';
import { makeReport } from './report.ts';
import { tellStory } from './story.ts';

/**
 * `npm run demo [-- --scale 0.2 --days 28]`: makes the lakehouse, lets four weeks go by, tells the story, leaves the warehouse.
 * `--warehouse postgres` tells two weeks of it on a PostgreSQL server of the demo's own.
 */
const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    days: { type: 'string' },
    warehouse: { type: 'string', default: 'duckdb' },
    out: { type: 'string', default: fileURLToPath(new URL('./out', import.meta.url)) },
    report: { type: 'string' },
  },
});

const scale = Number(values.scale);
const isPostgres = values.warehouse === 'postgres';
const days = Number(values.days ?? (isPostgres ? '14' : '28'));
if (!['duckdb', 'postgres'].includes(values.warehouse)) {
  process.stderr.write('demo: --warehouse is duckdb or postgres\n');
  process.exitCode = 2;
} else if (!(scale > 0 && scale <= 100) || !Number.isInteger(days) || days < 1 || days > 366) {
  process.stderr.write(
    'demo: --scale is a number above 0, at most 100; --days a whole number from 1 to 366\n',
  );
  process.exitCode = 2;
} else if (isPostgres) {
  mkdirSync(values.out, { recursive: true });
  const report = values.report ?? join(values.out, 'postgres-report.json');
  const { out: folder } = values;
  process.exitCode = await runPostgres({ scale, days, folder, report });
} else {
  const reportPath = values.report ?? fileURLToPath(new URL('./report.json', import.meta.url));
  rmSync(values.out, { recursive: true, force: true });
  mkdirSync(values.out, { recursive: true });
  const story = await tellStory({
    scale,
    days,
    folder: values.out,
    say: (text) => process.stdout.write(`${text}\n`),
  });
  const report = makeReport(story);
  writeFileSync(reportPath, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`\nreport    ${reportPath}\nwarehouse ${report.warehouse}\n`);
  process.exitCode = report.mismatches === 0 ? 0 : 1;
}
