/**
 * What share of planted wrong rewrites so many small databases catch: `node bench/teeth.ts [generated pairs] [most databases] [first seed]`.
 *
 * Planted are the traps' own wrong rewrites and right rewrites with one mistake. Some mistakes change nothing (a condition the
 * mart's rows meet anyway): those that the most databases do not catch count as such, so each share is of what can be caught.
 */
import { hasCorpus, readCorpusLines } from '../test/corpus/match-corpus.ts';
import { closeGrounds, rewriteOf, tryRewrite } from './soundness/try-work.ts';
import type { Work } from './soundness/works.ts';
import { corpora, works } from './soundness/works.ts';
import { wrongRewrites } from './soundness/wrong-rewrites.ts';

const [pairs = 150, most = 4096, firstSeed = 0] = process.argv.slice(2).map(Number);
const STEPS = [1, 4, 16, 64, 128, 256, 512, 1024, 2048, 4096].filter((step) => step <= most);

interface Planted {
  readonly from: string;
  readonly mistake: string;
  /** The database that caught it; absent where none did. */
  readonly caughtAt: number | undefined;
}

interface Trap {
  readonly id: string;
  readonly wrong_rewrite: string;
}

const planted: Planted[] = [];
const broken = new Map<string, string>();
const startedAt = performance.now();

if (hasCorpus) {
  const wrong = new Map(
    readCorpusLines<Trap>('traps.jsonl').map((trap) => [trap.id, trap.wrong_rewrite]),
  );
  for (const work of corpora()) {
    const [id = '', trusted = ''] = work.id.split(' ');
    const text = work.source === 'traps' && trusted === 'false' ? wrong.get(id) : undefined;
    if (text !== undefined) {
      const caught = await plant(work, { mistake: id, sql: text.replaceAll(/\bmv\b/g, 'mv0') });
      if (caught === undefined) {
        process.stdout.write(`trap not caught: ${id}\n`);
      }
    }
  }
}
let generated = 0;
for (const work of works(false)) {
  if (Number(work.id.split('-')[1]) < firstSeed) {
    continue;
  }
  generated += 1;
  if (generated > pairs) {
    break;
  }
  const right = await rewriteOf(work);
  const wrong = right === undefined ? [] : wrongRewrites(right);
  // A few of each rewrite's mistakes, others each time: the kinds share the databases evenly.
  for (const each of wrong.filter((_mistake, at) => (at + generated) % 4 === 0)) {
    await plant(work, each);
  }
}
closeGrounds();
report('traps');
report('mutated');
for (const mistake of new Set(planted.filter(isMutated).map((each) => each.mistake))) {
  const own = planted.filter((each) => isMutated(each) && each.mistake === mistake);
  const caught = own.filter(({ caughtAt }) => caughtAt !== undefined).length;
  const within = own.filter(({ caughtAt = Infinity }) => caughtAt <= 256).length;
  process.stdout.write(
    `  ${mistake.padEnd(28)} ${own.length} planted, ${caught} caught, ${within} within 256\n`,
  );
}
process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
process.exit(0);

async function plant(
  work: Work,
  { mistake, sql }: { readonly mistake: string; readonly sql: string },
): Promise<number | undefined> {
  const outcome = await tryRewrite(work, {
    rewritten: sql,
    databases: most,
    seed: 11,
    isShrunk: false,
  });
  const isBroken =
    outcome.kind === 'failed' ||
    (outcome.kind === 'unequal' && outcome.counterExample.failure !== undefined);
  if (isBroken) {
    broken.set(`${work.id} ${mistake}`, sql);
    return 0;
  }
  const caughtAt = outcome.kind === 'unequal' ? outcome.databases : undefined;
  planted.push({ from: work.source === 'traps' ? 'traps' : 'mutated', mistake, caughtAt });
  return caughtAt;
}

function isMutated({ from }: Planted): boolean {
  return from === 'mutated';
}

function report(from: string): void {
  const own = planted.filter((each) => each.from === from);
  const at = own.flatMap(({ caughtAt }) => caughtAt ?? []).toSorted((a, b) => a - b);
  process.stdout.write(
    `${from}: ${own.length} planted, ${at.length} caught by ${most} databases (median ${at[Math.floor(at.length / 2)] ?? '-'}, p90 ${at[Math.floor(at.length * 0.9)] ?? '-'}, last ${at.at(-1) ?? '-'})\n`,
  );
  for (const step of STEPS) {
    const within = at.filter((each) => each <= step).length;
    const share = at.length === 0 ? 0 : (100 * within) / at.length;
    process.stdout.write(`  ${String(step).padStart(5)} databases: ${share.toFixed(1)} %\n`);
  }
}
