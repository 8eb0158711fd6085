import { Coverage } from './coverage.ts';
import { type ChoiceProblem, Remaining, type Selection } from './problem.ts';

/** A bound on work, not on time: every machine stops at the same step. */
const MOST_EVALUATIONS = 120_000;
/** Others tried in the place of each item taken. */
const MOST_OTHERS = 200;
const MOST_ROUNDS = 12;
/** Only changes worth this share of the whole are made: rounding is none. */
const LEAST_SHARE = 1e-9;

/**
 * Improves a selection until nothing does: items that do not pay beside the others are dropped, what fits and pays is
 * added, and one is swapped for another.
 */
export function localSearch(problem: ChoiceProblem, from: Selection): Selection {
  const search = new Search(problem, from);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const dropped = search.drop();
    const added = search.add();
    const swapped = search.swap();
    if (!dropped && !added && !swapped) {
      break;
    }
  }
  return search.selection();
}

class Search {
  readonly #problem: ChoiceProblem;
  readonly #coverage: Coverage;
  readonly #remaining: Remaining;
  readonly #taken: Set<number>;
  readonly #least: number;
  #evaluations = 0;

  constructor(problem: ChoiceProblem, { items, net }: Selection) {
    this.#problem = problem;
    this.#coverage = new Coverage(problem);
    this.#remaining = new Remaining(problem.capacities);
    this.#taken = new Set();
    this.#least = Math.abs(net) * LEAST_SHARE;
    for (const at of items) {
      this.#take(at);
    }
  }

  /** The least worth first: what it leaves may make the others pay again. */
  drop(): boolean {
    let isBetter = false;
    for (;;) {
      const [least] = this.#inOrder()
        .map((at) => ({ at, worth: this.#coverage.worthOf(at) }))
        .toSorted((x, y) => x.worth - y.worth || x.at - y.at);
      if (least === undefined || least.worth >= 0) {
        return isBetter;
      }
      this.#giveBack(least.at);
      isBetter = true;
    }
  }

  add(): boolean {
    let isBetter = false;
    for (const at of this.#others()) {
      const item = this.#problem.items[at];
      if (
        item !== undefined &&
        this.#remaining.fits(item) &&
        this.#coverage.gainOf(item) > this.#least
      ) {
        this.#take(at);
        isBetter = true;
      }
    }
    return isBetter;
  }

  /** For each item taken the best other one in its place, cheapest to lose first. */
  swap(): boolean {
    const { items } = this.#problem;
    let isBetter = false;
    const others = this.#others().slice(0, MOST_OTHERS);
    const weakest = this.#inOrder()
      .map((at) => ({ at, worth: this.#coverage.worthOf(at) }))
      .toSorted((a, b) => a.worth - b.worth || a.at - b.at);
    for (const { at: out } of weakest) {
      const given = items[out];
      let best: { readonly into: number; readonly gain: number } | undefined;
      for (const into of others) {
        if (this.#evaluations >= MOST_EVALUATIONS) {
          return isBetter;
        }
        const item = items[into];
        if (item === undefined || this.#taken.has(into) || !this.#remaining.fits(item, given)) {
          continue;
        }
        this.#evaluations += 1;
        const gain = this.#coverage.gainOfSwap({ out, into });
        if (gain > Math.max(this.#least, best?.gain ?? 0)) {
          best = { into, gain };
        }
      }
      if (best !== undefined) {
        this.#giveBack(out);
        this.#take(best.into);
        isBetter = true;
      }
    }
    return isBetter;
  }

  /** Its net is added up anew: sums of differences drift. */
  selection(): Selection {
    const { items } = this.#problem;
    const fresh = new Coverage(this.#problem);
    const taken = this.#inOrder();
    let net = 0;
    for (const at of taken) {
      const item = items[at];
      net += item === undefined ? 0 : fresh.gainOf(item);
      fresh.take(at);
    }
    return { items: taken, net };
  }

  #take(at: number): void {
    const item = this.#problem.items[at];
    if (item !== undefined) {
      this.#taken.add(at);
      this.#coverage.take(at);
      this.#remaining.take(item);
    }
  }

  #giveBack(at: number): void {
    const item = this.#problem.items[at];
    if (item !== undefined) {
      this.#taken.delete(at);
      this.#coverage.giveBack(at);
      this.#remaining.giveBack(item);
    }
  }

  #inOrder(): readonly number[] {
    return [...this.#taken].toSorted((a, b) => a - b);
  }

  /** Those that could pay at all if nothing were taken, dearest first. */
  #others(): readonly number[] {
    const { items } = this.#problem;
    return items
      .map((item, at) => ({
        at,
        gain: this.#taken.has(at) ? 0 : this.#coverage.gainOf(item) + item.cost,
      }))
      .filter(({ at, gain }) => !this.#taken.has(at) && gain > 0)
      .toSorted((a, b) => b.gain - a.gain || a.at - b.at)
      .map(({ at }) => at);
  }
}
