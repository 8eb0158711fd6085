import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeReport } from './report.ts';
import { tellStory } from './story.ts';

/** `npm run demo [-- --scale 0.2 --days 28]`: makes the lakehouse, lets four weeks go by, tells the story, leaves the warehouse. */
const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    days: { type: 'string', default: '28' },
    out: { type: 'string', default: fileURLToPath(new URL('./out', import.meta.url)) },
    report: { type: 'string', default: fileURLToPath(new URL('./report.json', import.meta.url)) },
  },
});

const scale = Number(values.scale);
const days = Number(values.days);
if (!(scale > 0 && scale <= 100) || !Number.isInteger(days) || days < 1 || days > 366) {
  process.stderr.write(
    'demo: --scale is a number above 0, at most 100; --days a whole number from 1 to 366\n',
  );
  process.exitCode = 2;
} else {
  rmSync(values.out, { recursive: true, force: true });
  mkdirSync(values.out, { recursive: true });
  const story = await tellStory({
    scale,
    days,
    folder: values.out,
    say: (text) => process.stdout.write(`${text}\n`),
  });
  const report = makeReport(story);
  writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`\nreport    ${values.report}\nwarehouse ${report.warehouse}\n`);
  process.exitCode = report.mismatches === 0 ? 0 : 1;
}
