import type { ChoiceProblem, ProblemItem, Selection } from './problem.ts';

/** What the present prices say. */
export interface Evaluation {
  /** No set within the capacities nets more. */
  readonly atMost: number;
  /** Items that pay their prices, in order, with what they earn above them. */
  readonly favoured: readonly { readonly at: number; readonly profit: number }[];
  /** 1 less the favoured items that answer a template for more than its price. */
  readonly slope: Float64Array;
  /** Share of each scarce capacity the favoured items leave; below zero where they take too much. */
  readonly slack: readonly number[];
}

const TOLERANCE = 1 + 1e-12;

/**
 * Prices for being the best answer of a template, and rents for the scarce capacities. Whatever they are, no set nets more
 * than all prices, all rents and all profits together: what is lost by letting templates be answered twice and
 * capacities be overdrawn is paid for. At the best prices it is the bound of the linear program.
 */
export class Lagrangian {
  readonly #able: readonly (ProblemItem | undefined)[];
  readonly #shares: readonly (readonly number[])[];
  readonly #prices: Float64Array;
  readonly #rents: Float64Array;
  readonly #slope: Float64Array;
  readonly #slack: Float64Array;

  /** Begins with the prices a known selection suggests. */
  constructor({ templates, items, capacities }: ChoiceProblem, known: Selection) {
    const scarce = capacities.flatMap((capacity, at) => (capacity < Infinity ? [at] : []));
    this.#able = items.map((item) =>
      item.weights.every((weight, at) => weight <= (capacities[at] ?? 0) * TOLERANCE)
        ? item
        : undefined,
    );
    this.#shares = items.map(({ weights }) =>
      scarce.map((at) =>
        (weights[at] ?? 0) === 0 ? 0 : (weights[at] ?? 0) / (capacities[at] ?? 1),
      ),
    );
    this.#rents = new Float64Array(scarce.length);
    this.#slack = new Float64Array(scarce.length);
    this.#prices = new Float64Array(templates);
    this.#slope = new Float64Array(templates);
    for (const at of known.items) {
      const item = items[at];
      for (let i = 0; item !== undefined && i < item.templates.length; i++) {
        const template = item.templates[i] ?? 0;
        const price = FIRST_PRICE * (item.savings[i] ?? 0);
        this.#prices[template] = Math.max(this.#prices[template] ?? 0, price);
      }
    }
  }

  evaluate(): Evaluation {
    const slope = new Float64Array(this.#prices.length).fill(1);
    const slack = Array.from(this.#rents, () => 1);
    const favoured: { readonly at: number; readonly profit: number }[] = [];
    let atMost = 0;
    for (const price of this.#prices) {
      atMost += price;
    }
    for (const rent of this.#rents) {
      atMost += rent;
    }
    for (let at = 0; at < this.#able.length; at++) {
      const item = this.#able[at];
      const profit = item === undefined ? 0 : this.#profitOf(item, at);
      if (item === undefined || profit <= 0) {
        continue;
      }
      atMost += profit;
      favoured.push({ at, profit });
      const { templates, savings } = item;
      for (let i = 0; i < templates.length; i++) {
        const template = templates[i] ?? 0;
        if ((savings[i] ?? 0) > (this.#prices[template] ?? 0)) {
          slope[template] = (slope[template] ?? 0) - 1;
        }
      }
      for (const [k, share] of (this.#shares[at] ?? []).entries()) {
        slack[k] = (slack[k] ?? 0) - share;
      }
    }
    return { atMost, favoured, slope, slack };
  }

  /**
   * One step of Polyak's length towards a value known to be reached, along a slope that remembers the steps before
   * it (a bare subgradient zigzags). Prices are in money and rents in money for a whole capacity, so each kind is moved
   * in its own unit.
   */
  step(
    { atMost, slope, slack }: Evaluation,
    { reached, size }: { readonly reached: number; readonly size: number },
  ): void {
    const priced = deflect(this.#slope, { slope, held: this.#prices });
    const rented = deflect(this.#slack, { slope: slack, held: this.#rents });
    const unit = Math.max(1, priced);
    const length = priced + unit * rented;
    if (length === 0) {
      return;
    }
    const far = (size * Math.max(0, atMost - reached)) / length;
    for (let i = 0; i < this.#prices.length; i++) {
      this.#prices[i] = Math.max(0, (this.#prices[i] ?? 0) - far * (this.#slope[i] ?? 0));
    }
    for (let k = 0; k < this.#rents.length; k++) {
      this.#rents[k] = Math.max(0, (this.#rents[k] ?? 0) - far * unit * (this.#slack[k] ?? 0));
    }
  }

  #profitOf({ templates, savings, cost }: ProblemItem, at: number): number {
    let profit = -cost;
    for (let i = 0; i < templates.length; i++) {
      const above = (savings[i] ?? 0) - (this.#prices[templates[i] ?? 0] ?? 0);
      profit += above > 0 ? above : 0;
    }
    for (const [k, share] of (this.#shares[at] ?? []).entries()) {
      profit -= share * (this.#rents[k] ?? 0);
    }
    return profit;
  }
}

const FIRST_PRICE = 0.7;

const REMEMBERED = 0.6;

/** Mixes a new slope into the direction; the square of its length without what cannot fall below zero. */
function deflect(
  direction: Float64Array,
  { slope, held }: { readonly slope: ArrayLike<number>; readonly held: ArrayLike<number> },
): number {
  let square = 0;
  for (let i = 0; i < direction.length; i++) {
    const each = REMEMBERED * (direction[i] ?? 0) + (1 - REMEMBERED) * (slope[i] ?? 0);
    direction[i] = each;
    square += (held[i] ?? 0) > 0 || each < 0 ? each * each : 0;
  }
  return square;
}
