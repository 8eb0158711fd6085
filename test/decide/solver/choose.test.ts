import { describe, expect, it } from 'vitest';
import { choose } from '../../../src/decide/solver/choose.ts';
import { Coverage } from '../../../src/decide/solver/coverage.ts';
import { lazyGreedy } from '../../../src/decide/solver/lazy-greedy.ts';
import { localSearch } from '../../../src/decide/solver/local-search.ts';
import type { ChoiceProblem, ProblemItem } from '../../../src/decide/solver/problem.ts';
import { upperBound } from '../../../src/decide/solver/upper-bound.ts';

/** A small generator, the same on every machine. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function anItem(
  savings: Readonly<Record<number, number>>,
  cost: number,
  weights: readonly number[],
) {
  return {
    templates: Int32Array.from(Object.keys(savings), Number),
    savings: Float64Array.from(Object.values(savings)),
    cost,
    weights,
  };
}

function someProblem(seed: number): ChoiceProblem {
  const random = numbers(seed);
  const templates = 8;
  const items: ProblemItem[] = Array.from({ length: 11 }, () => {
    const savings: Record<number, number> = {};
    for (let template = 0; template < templates; template++) {
      if (random() < 0.4) {
        savings[template] = 1 + Math.floor(random() * 100);
      }
    }
    return anItem(savings, Math.floor(random() * 40), [1 + Math.floor(random() * 50), 1]);
  });
  return { templates, items, capacities: [90, 4] };
}

function netOf({ items, templates }: ChoiceProblem, chosen: readonly number[]): number {
  const best = Array.from({ length: templates }, () => 0);
  let cost = 0;
  for (const at of chosen) {
    const item = items[at];
    cost += item?.cost ?? 0;
    for (const [i, template] of (item?.templates ?? []).entries()) {
      best[template] = Math.max(best[template] ?? 0, item?.savings[i] ?? 0);
    }
  }
  return best.reduce((sum, each) => sum + each, 0) - cost;
}

function doesFit({ items, capacities }: ChoiceProblem, chosen: readonly number[]): boolean {
  return capacities.every(
    (capacity, k) => chosen.reduce((sum, at) => sum + (items[at]?.weights[k] ?? 0), 0) <= capacity,
  );
}

/** Every subset. */
function exact(problem: ChoiceProblem): number {
  let most = 0;
  for (let bits = 0; bits < 2 ** problem.items.length; bits++) {
    const chosen = problem.items.flatMap((_, at) => ((bits >> at) & 1 ? [at] : []));
    if (doesFit(problem, chosen)) {
      most = Math.max(most, netOf(problem, chosen));
    }
  }
  return most;
}

const PROBLEMS = Array.from({ length: 60 }, (_, i) => someProblem(i + 1));

describe('the choice among marts', () => {
  it('finds the best set of small problems, and never a set that does not fit', () => {
    const missed = PROBLEMS.map((problem) => {
      const solved = choose(problem);
      expect(doesFit(problem, solved.items)).toBe(true);
      expect(solved.net).toBeCloseTo(netOf(problem, solved.items), 6);
      return 1 - solved.net / exact(problem);
    });

    expect(Math.max(...missed)).toBeLessThan(1e-9);
  });

  it('comes near the best where there are too many to look at every set', () => {
    const [a, b] = [someProblem(71), someProblem(72)];
    // Two problems that share no template and no scarce resource: the best of both is the sum.
    const both: ChoiceProblem = {
      templates: 16,
      capacities: [...a.capacities, ...b.capacities],
      items: [
        ...a.items.map((item) => ({ ...item, weights: [...item.weights, 0, 0] })),
        ...b.items.map((item) => ({
          ...item,
          templates: item.templates.map((template) => template + 8),
          weights: [0, 0, ...item.weights],
        })),
      ],
    };

    const solved = choose(both);

    expect(solved.net).toBeGreaterThan(0.995 * (exact(a) + exact(b)));
    expect(solved.atMost).toBeGreaterThanOrEqual(exact(a) + exact(b));
    expect(solved.atMost).toBeGreaterThan(solved.net);
  });

  it('never tells a bound below what is possible', () => {
    for (const problem of PROBLEMS) {
      const { atMost } = upperBound(problem, lazyGreedy(problem, { order: 'net' }));

      expect(atMost).toBeGreaterThanOrEqual(exact(problem) - 1e-6);
    }
  });

  it('gives greedy its half at least, which is what is proved of it', () => {
    for (const problem of PROBLEMS) {
      const best = Math.max(
        ...(['net', 'net-per-size'] as const).map((order) => lazyGreedy(problem, { order }).net),
      );

      expect(best).toBeGreaterThan(0.5 * exact(problem));
    }
  });

  it('takes one large item greedy per size would leave out', () => {
    const problem: ChoiceProblem = {
      templates: 2,
      items: [anItem({ 0: 20 }, 0, [1]), anItem({ 1: 900 }, 0, [1000])],
      capacities: [1000],
    };

    expect(lazyGreedy(problem, { order: 'net-per-size' }).items).toEqual([0]);
    expect(choose(problem)).toMatchObject({ items: [1], net: 900 });
  });

  it('swaps two items for one another where only that is better', () => {
    const problem: ChoiceProblem = {
      templates: 3,
      items: [anItem({ 0: 10, 1: 10 }, 0, [1]), anItem({ 0: 11, 2: 11 }, 0, [1])],
      capacities: [1],
    };

    expect(localSearch(problem, { items: [0], net: 20 })).toEqual({ items: [1], net: 22 });
  });

  it('drops what no longer pays beside the others', () => {
    const items = [
      anItem({ 0: 10 }, 4, [1]),
      anItem({ 0: 9, 1: 9 }, 4, [1]),
      anItem({ 1: 10 }, 4, [1]),
    ];
    const problem: ChoiceProblem = { templates: 2, items, capacities: [3] };

    expect(localSearch(problem, { items: [0, 1, 2], net: 8 }).items).toEqual([0, 2]);
  });

  it('is the same for the same problem', () => {
    const [problem] = PROBLEMS;

    expect(problem && choose(problem)).toEqual(problem && choose(problem));
  });

  it('takes nothing where nothing pays or nothing fits', () => {
    const item = anItem({ 0: 5 }, 6, [1]);

    expect(choose({ templates: 1, items: [item], capacities: [9] })).toMatchObject({
      items: [],
      net: 0,
    });
    expect(choose({ templates: 1, items: [{ ...item, cost: 1 }], capacities: [0] })).toMatchObject({
      items: [],
      net: 0,
      atMost: 0,
    });
    expect(choose({ templates: 0, items: [], capacities: [] })).toMatchObject({ items: [] });
  });
});

describe('coverage', () => {
  it('remembers the second best, so that an item can be given back', () => {
    const items = [anItem({ 0: 10 }, 1, []), anItem({ 0: 7 }, 1, [])];
    const coverage = new Coverage({ templates: 1, items });
    coverage.take(0);
    coverage.take(1);

    expect([coverage.worthOf(0), coverage.worthOf(1)]).toEqual([10 - 7 - 1, -1]);
    coverage.giveBack(0);
    expect([coverage.worthOf(1), coverage.gainOf(anItem({ 0: 10 }, 1, []))]).toEqual([6, 2]);
  });
});
