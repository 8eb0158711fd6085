/**
 * Random-database checks of every rewrite Goldsmith gives: over the traps, the cases of other engines, and generated pairs.
 *
 *   node bench/soundness.ts --checks 1000000 --databases 256 --seed 1 --log soundness.jsonl --minutes 30
 *
 * Each finished piece of work is a line of the log, with its seed; a run that finds the log goes on where it ended. A check is one
 * database on which a query and its rewrite were both answered and compared. Ends with 1 where a rewrite is unsound.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { showCounterExample } from '../src/prove/show-tables.ts';
import { hasCorpus } from '../test/corpus/match-corpus.ts';
import { closeGrounds, rewriteOf, tryRewrite } from './soundness/try-work.ts';
import { macroWorks, works } from './soundness/works.ts';

const { values } = parseArgs({
  options: {
    checks: { type: 'string', default: '20000' },
    databases: { type: 'string', default: '256' },
    seed: { type: 'string', default: '1' },
    log: { type: 'string' },
    minutes: { type: 'string', default: '600' },
    /** `1/4`: every fourth piece of work, from the first. */
    slice: { type: 'string', default: '1/1' },
    /** Only what is generated, from this seed on. */
    generated: { type: 'string' },
    /** Only generated pairs that call functions written in SQL. */
    macros: { type: 'boolean', default: false },
  },
});
const wanted = Number(values.checks);
const databases = Number(values.databases);
const seed = Number(values.seed);
const [part = 1, parts = 1] = values.slice.split('/').map(Number);

interface Line {
  readonly id: string;
  readonly source: string;
  readonly verdict: 'refused' | 'equal' | 'unequal' | 'failed';
  readonly databases: number;
  readonly telling: number;
  readonly seed: number;
  readonly detail?: string;
}

const lines: Line[] = readLog();
const done = new Set(lines.map(({ id, seed: of }) => `${id} ${of}`));
const startedAt = performance.now();
let checks = lines.reduce((sum, line) => sum + line.databases, 0);
const checksBefore = checks;
let matchMs = 0;
let tryMs = 0;
let at = 0;
for (const work of values.macros ? macroWorks() : works(hasCorpus)) {
  const minutes = (performance.now() - startedAt) / 60_000;
  if (checks >= wanted || minutes > Number(values.minutes)) {
    break;
  }
  at += 1;
  const isGenerated = /^(grammar|shop)-\d+$/.test(work.id);
  const isWanted =
    values.generated === undefined ||
    (isGenerated && Number(work.id.split('-')[1]) >= Number(values.generated));
  if (!isWanted || at % parts !== part % parts || done.has(`${work.id} ${seed}`)) {
    continue;
  }
  const from = performance.now();
  const rewritten = await rewriteOf(work);
  const matched = performance.now();
  matchMs += matched - from;
  if (rewritten === undefined) {
    record({ ...headOf(work), verdict: 'refused', databases: 0, telling: 0 });
    continue;
  }
  const outcome = await tryRewrite(work, { rewritten, databases, seed });
  tryMs += performance.now() - matched;
  switch (outcome.kind) {
    case 'equal':
      record({ ...headOf(work), verdict: 'equal', ...countsOf(outcome) });
      break;
    case 'failed':
      record({
        ...headOf(work),
        verdict: 'failed',
        databases: 0,
        telling: 0,
        detail: outcome.because,
      });
      break;
    case 'unequal': {
      const detail = [
        ...work.mvs,
        work.query,
        rewritten,
        showCounterExample(outcome.counterExample),
      ].join('\n\n');
      record({ ...headOf(work), verdict: 'unequal', ...countsOf(outcome), detail });
      process.stdout.write(`UNSOUND ${work.id}\n${detail}\n\n`);
    }
  }
  checks += outcome.kind === 'failed' ? 0 : outcome.databases;
}
closeGrounds();
report();
process.exit(lines.some(({ verdict }) => verdict === 'unequal') ? 1 : 0);

function headOf({ id, source }: { id: string; source: string }) {
  return { id, source, seed };
}

function countsOf(outcome: { databases: number; telling?: number }) {
  return { databases: outcome.databases, telling: outcome.telling ?? 0 };
}

function record(line: Line): void {
  lines.push(line);
  if (values.log !== undefined) {
    appendFileSync(values.log, `${JSON.stringify(line)}\n`);
  }
}

function readLog(): Line[] {
  if (values.log === undefined || !existsSync(values.log)) {
    return [];
  }
  return readFileSync(values.log, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Line);
}

function report(): void {
  process.stdout.write(
    'source     asked  rewritten  checks   telling  unsound  could not be run\n',
  );
  for (const source of new Set(lines.map((line) => line.source))) {
    const own = lines.filter((line) => line.source === source);
    const count = (verdict: string) => own.filter((line) => line.verdict === verdict).length;
    const sum = (of: (line: Line) => number) => own.reduce((total, line) => total + of(line), 0);
    const cells = [
      own.length,
      own.length - count('refused'),
      sum((line) => line.databases),
      sum((line) => line.telling),
      count('unequal'),
      count('failed'),
    ];
    process.stdout.write(
      `${source.padEnd(10)} ${cells.map((cell) => String(cell).padStart(8)).join(' ')}\n`,
    );
  }
  const fresh = checks - checksBefore;
  const perCheck = fresh === 0 ? 0 : tryMs / fresh;
  process.stdout.write(
    `${checks} checks in all; this run ${fresh} in ${((performance.now() - startedAt) / 1000).toFixed(0)} s: matching ${(matchMs / 1000).toFixed(0)} s, ${perCheck.toFixed(3)} ms a check\n`,
  );
}
