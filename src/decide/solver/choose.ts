import { areFew, exhaustive } from './exhaustive.ts';
import { lazyGreedy } from './lazy-greedy.ts';
import { localSearch } from './local-search.ts';
import type { ChoiceProblem, Selection } from './problem.ts';
import { upperBound } from './upper-bound.ts';

/** The best set found, and how far from the best possible it can be at most. */
export interface Solved extends Selection {
  /** No set within the capacities nets more. */
  readonly atMost: number;
}

/** Starts of partial enumeration: each of the best few alone, then greedily. */
const STARTS = 4;
/** Above this many edges one start is enough; the bound tells. */
const FEW_EDGES = 20_000;

/**
 * Few items are chosen among exactly. For many: lazy greedy by net and by net per size, from nothing and from each of the best few single items (partial enumeration), the
 * best improved by drops, additions and swaps, beside what the Lagrangian prices favour. The guarantees are those of
 * greedy; how near it came is in `atMost`.
 */
export function choose(problem: ChoiceProblem): Solved {
  if (areFew(problem)) {
    const best = exhaustive(problem);
    return { ...best, atMost: best.net };
  }
  const edges = problem.items.reduce((sum, { templates }) => sum + templates.length, 0);
  const starts: readonly (readonly number[])[] =
    edges > FEW_EDGES ? [[]] : [[], ...bestSingles(problem).map((at) => [at])];
  const greedy = starts
    .flatMap((start) => [
      lazyGreedy(problem, { order: 'net', start }),
      lazyGreedy(problem, { order: 'net-per-size', start }),
    ])
    .reduce(better);
  const { atMost, found } = upperBound(problem, greedy);
  const best = localSearch(problem, found);
  return { ...best, atMost: Math.max(atMost, best.net) };
}

/** The first of equals stays. */
function better(a: Selection, b: Selection): Selection {
  return b.net > a.net ? b : a;
}

function bestSingles({ items }: ChoiceProblem): readonly number[] {
  return items
    .map(({ savings, cost }, at) => ({ at, net: savings.reduce((sum, each) => sum + each, -cost) }))
    .toSorted((a, b) => b.net - a.net || a.at - b.at)
    .slice(0, STARTS)
    .map(({ at }) => at);
}
