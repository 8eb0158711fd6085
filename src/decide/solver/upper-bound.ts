import { type Evaluation, Lagrangian } from './lagrangian.ts';
import { lazyGreedy } from './lazy-greedy.ts';
import type { ChoiceProblem, Selection } from './problem.ts';

/** Most that any set within the capacities can net, and the best set met on the way there. */
export interface Bounded {
  readonly atMost: number;
  readonly found: Selection;
}

/** Bounds on work, not on time: edges looked at, and steps. */
const MOST_WORK = 12_000_000;
const MOST_STEPS = 600;
const LEAST_STEPS = 60;
const STEPS_TO_HALVE = 6;
const TRIES = 8;
const FIRST_SIZE = 1;
const CLOSE_ENOUGH = 1e-6;

/** Lowers the Lagrangian bound step by step; the sets it favours are tried as selections now and then. */
export function upperBound(problem: ChoiceProblem, known: Selection): Bounded {
  const edges = problem.items.reduce((sum, { templates }) => sum + templates.length, 1);
  const steps = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, Math.floor(MOST_WORK / edges)));
  const lagrangian = new Lagrangian(problem, known);
  let found = known;
  let atMost = Infinity;
  let size = FIRST_SIZE;
  let sinceBetter = 0;
  for (let step = 1; step <= steps; step++) {
    const evaluation = lagrangian.evaluate();
    sinceBetter = evaluation.atMost < atMost * (1 - CLOSE_ENOUGH) ? 0 : sinceBetter + 1;
    atMost = Math.min(atMost, evaluation.atMost);
    if (step % Math.ceil(steps / TRIES) === 0) {
      const tried = selectionOf(problem, evaluation);
      found = tried.net > found.net ? tried : found;
    }
    if (atMost - found.net <= CLOSE_ENOUGH * Math.abs(found.net)) {
      break;
    }
    if (sinceBetter >= STEPS_TO_HALVE) {
      size /= 2;
      sinceBetter = 0;
    }
    lagrangian.step(evaluation, { reached: found.net, size });
  }
  return { atMost: Math.max(atMost, found.net), found };
}

/** What is favoured most, as far as it fits, and what else pays beside it. */
function selectionOf(problem: ChoiceProblem, { favoured }: Evaluation): Selection {
  const start = favoured.toSorted((a, b) => b.profit - a.profit || a.at - b.at).map(({ at }) => at);
  return lazyGreedy(problem, { order: 'net-per-size', start });
}
