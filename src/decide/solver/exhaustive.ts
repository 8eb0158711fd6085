import { Coverage } from './coverage.ts';
import { type ChoiceProblem, Remaining, type Selection } from './problem.ts';

/** A bound on work: sets times edges. */
const MOST_WORK = 4_000_000;
const MOST_ITEMS = 20;

/** Whether so few are offered that every set can be looked at. */
export function areFew({ items }: ChoiceProblem): boolean {
  const edges = items.reduce((sum, { templates }) => sum + templates.length, 1);
  return items.length <= MOST_ITEMS && 2 ** items.length * edges <= MOST_WORK;
}

/** The best of all sets that fit; of equals the first found. */
export function exhaustive(problem: ChoiceProblem): Selection {
  const { items, capacities } = problem;
  const coverage = new Coverage(problem);
  const remaining = new Remaining(capacities);
  const taken: number[] = [];
  let best: Selection = { items: [], net: 0 };
  visit(0, 0);
  return best;

  function visit(at: number, net: number): void {
    if (net > best.net) {
      best = { items: [...taken], net };
    }
    for (let next = at; next < items.length; next++) {
      const item = items[next];
      // What does not add anything now never will, while more is taken.
      const gain = item !== undefined && remaining.fits(item) ? coverage.gainOf(item) : 0;
      if (item !== undefined && gain > 0) {
        taken.push(next);
        coverage.take(next);
        remaining.take(item);
        visit(next + 1, net + gain);
        remaining.giveBack(item);
        coverage.giveBack(next);
        taken.pop();
      }
    }
  }
}
