import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { choose } from '../src/decide/solver/choose.ts';
import { lazyGreedy } from '../src/decide/solver/lazy-greedy.ts';
import type { ChoiceProblem, ProblemItem } from '../src/decide/solver/problem.ts';
import { generator } from './demand-streams.ts';
import { solveExactly } from './exact-choice.ts';

/**
 * `node bench/choice.ts [--seed 7] [--exact-seconds 60] [--smallest 0] [--largest 5000]`: which marts to build, from a few to many, beside the exact optimum
 * (HiGHS) where it is found in time, else its linear bound. Templates are asked for by a Zipf law; the storage is 15 % of all candidates.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    'exact-seconds': { type: 'string', default: '60' },
    largest: { type: 'string', default: '5000' },
    smallest: { type: 'string', default: '0' },
  },
});

interface Size {
  readonly templates: number;
  readonly items: number;
  readonly isExact: boolean;
}

const SIZES: readonly Size[] = [
  { templates: 200, items: 60, isExact: true },
  { templates: 1000, items: 200, isExact: true },
  { templates: 3000, items: 500, isExact: true },
  { templates: 10_000, items: 1000, isExact: true },
  { templates: 10_000, items: 2000, isExact: true },
  { templates: 100_000, items: 5000, isExact: false },
];

process.stdout.write(
  `seed ${values.seed}, load ${loadavg()[0]?.toFixed(1)}\n\n| templates x candidates (edges) | chosen | wall ms | cpu ms | net / own bound | net / HiGHS | greedy alone / HiGHS | HiGHS |\n|---|---|---|---|---|---|---|---|\n`,
);
for (const size of SIZES.filter(isAsked)) {
  const problem = problemOf(size, Number(values.seed));
  const edges = problem.items.reduce((sum, { templates }) => sum + templates.length, 0);
  const started = performance.now();
  const cpu = process.cpuUsage();
  const solved = choose(problem);
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const greedy = lazyGreedy(problem, { order: 'net-per-size' });
  const exact = size.isExact
    ? await solveExactly(problem, Number(values['exact-seconds']))
    : undefined;
  const share = (net: number, of: number | undefined) =>
    of === undefined || Number.isNaN(of) ? '-' : `${((100 * net) / of).toFixed(3)} %`;
  process.stdout.write(
    `| ${size.templates} x ${size.items} (${edges}) | ${solved.items.length} | ${wallMs.toFixed(0)} | ${((user + system) / 1000).toFixed(0)} | ${share(solved.net, solved.atMost)} | ${share(solved.net, exact?.net)} | ${share(greedy.net, exact?.net)} | ${exact === undefined ? 'not tried' : `${exact.kind}, ${exact.seconds.toFixed(1)} s`} |\n`,
  );
}

function isAsked({ items }: Size): boolean {
  return items <= Number(values.largest) && items >= Number(values.smallest);
}

/**
 * Candidates answer templates of one subject: a few narrow ones, some wide ones that save less on each. Several
 * candidates overlap on a subject.
 */
function problemOf({ templates, items }: Size, seed: number): ChoiceProblem {
  const random = generator(seed * 1000 + items);
  const frequency = Array.from({ length: templates }, (_, i) => 1e9 / (i + 1) ** 0.9);
  const order = frequency
    .map((_, i) => ({ i, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ i }) => i);
  const cost = frequency.map(() => Math.exp(2 * random()));
  const made = Array.from({ length: items }, (): ProblemItem & { readonly bytes: number } => {
    const count = Math.min(templates, 1 + Math.floor(Math.exp(random() * Math.log(120))));
    const center = Math.floor(random() * templates);
    const reach = Math.max(count, Math.floor(count * (1.2 + 2 * random())));
    const members = new Set<number>();
    for (let tried = 0; members.size < count && tried < 4 * count; tried++) {
      members.add((center + Math.floor(random() * reach)) % templates);
    }
    const gain = 0.5 + 0.45 * random() - 0.1 * Math.min(1, count / 120);
    const answered = [...members].toSorted((a, b) => a - b);
    const savings = answered.map((place) => {
      const template = order[place] ?? 0;
      return Math.round(
        (frequency[template] ?? 0) * (cost[template] ?? 0) * gain * (0.8 + 0.2 * random()),
      );
    });
    const bytes = Math.round(1e6 * Math.exp(4 * random()) * (1 + count / 40));
    return {
      templates: Int32Array.from(answered),
      savings: Float64Array.from(savings),
      cost: Math.round(bytes * (0.5 + random()) * 2),
      weights: [],
      bytes,
    };
  });
  const all = made.reduce((sum, { bytes }) => sum + bytes, 0);
  const windows = made.map(({ bytes }) => bytes * (0.2 + random()));
  return {
    templates,
    // Storage, the refresh window, and a count of builds.
    capacities: [0.15 * all, 0.2 * windows.reduce((sum, each) => sum + each, 0), items * 0.1],
    items: made.map(({ bytes, ...item }, at) => ({
      ...item,
      weights: [bytes, windows[at] ?? 0, 1],
    })),
  };
}
