/**
 * Which items to take so that what their templates save, each counted for the best of its items only, less what the
 * items cost, is most, within every capacity: facility location with knapsacks (`selection.md` 1.3).
 */
export interface ChoiceProblem {
  readonly templates: number;
  readonly items: readonly ProblemItem[];
  /** One per resource; may be infinite. */
  readonly capacities: readonly number[];
}

export interface ProblemItem {
  /** Places of the templates it answers, each once, and what each saves; all savings positive. */
  readonly templates: Int32Array;
  readonly savings: Float64Array;
  readonly cost: number;
  /** What it takes of each resource. */
  readonly weights: readonly number[];
}

/** A set of items that fits, by their places in order. */
export interface Selection {
  readonly items: readonly number[];
  /** Savings less costs. */
  readonly net: number;
}

/** Share of all capacities an item takes, added up; what takes nothing scarce counts a little. */
export function sizeOf({ weights }: ProblemItem, capacities: readonly number[]): number {
  let size = LEAST_SIZE;
  for (const [at, weight] of weights.entries()) {
    const capacity = capacities[at] ?? 0;
    size += capacity > 0 ? weight / capacity : 0;
  }
  return size;
}

const LEAST_SIZE = 1e-9;
/** Sums of doubles may err in the last digits. */
const TOLERANCE = 1 + 1e-12;

/** What is left of the capacities. */
export class Remaining {
  readonly #used: number[];
  readonly #capacities: readonly number[];

  constructor(capacities: readonly number[]) {
    this.#capacities = capacities;
    this.#used = capacities.map(() => 0);
  }

  fits({ weights }: ProblemItem, without?: ProblemItem): boolean {
    return this.#capacities.every((capacity, at) => {
      const freed = without?.weights[at] ?? 0;
      return (this.#used[at] ?? 0) - freed + (weights[at] ?? 0) <= capacity * TOLERANCE;
    });
  }

  take({ weights }: ProblemItem): void {
    for (const [at, weight] of weights.entries()) {
      this.#used[at] = (this.#used[at] ?? 0) + weight;
    }
  }

  giveBack({ weights }: ProblemItem): void {
    for (const [at, weight] of weights.entries()) {
      this.#used[at] = (this.#used[at] ?? 0) - weight;
    }
  }
}
