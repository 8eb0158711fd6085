import type { ChoiceProblem, ProblemItem } from './problem.ts';

const NOBODY = -1;

/** What every template saves by the best and the second best of the items taken. */
export class Coverage {
  readonly #items: readonly ProblemItem[];
  readonly #best: Float64Array;
  readonly #second: Float64Array;
  readonly #owner: Int32Array;
  /** Items taken that answer each template, to find the next best when one is given back. */
  readonly #answering: number[][];

  constructor({ templates, items }: Pick<ChoiceProblem, 'templates' | 'items'>) {
    this.#items = items;
    this.#best = new Float64Array(templates);
    this.#second = new Float64Array(templates);
    this.#owner = new Int32Array(templates).fill(NOBODY);
    this.#answering = Array.from({ length: templates }, () => []);
  }

  /** What the item would add now, after its cost. */
  gainOf(item: ProblemItem): number {
    const { templates, savings } = item;
    let gain = -item.cost;
    for (let i = 0; i < templates.length; i++) {
      const more = (savings[i] ?? 0) - (this.#best[templates[i] ?? 0] ?? 0);
      gain += more > 0 ? more : 0;
    }
    return gain;
  }

  /** What a taken item adds to the others, after its cost. */
  worthOf(at: number): number {
    const item = this.#items[at];
    if (item === undefined) {
      return 0;
    }
    let worth = -item.cost;
    for (const template of item.templates) {
      if (this.#owner[template] === at) {
        worth += (this.#best[template] ?? 0) - (this.#second[template] ?? 0);
      }
    }
    return worth;
  }

  /** What giving one back and taking the other would add. */
  gainOfSwap({ out, into }: { readonly out: number; readonly into: number }): number {
    const item = this.#items[into];
    if (item === undefined) {
      return 0;
    }
    const { templates, savings } = item;
    let gain = -item.cost - this.worthOf(out);
    for (let i = 0; i < templates.length; i++) {
      const template = templates[i] ?? 0;
      const isFreed = this.#owner[template] === out;
      const present = (isFreed ? this.#second[template] : this.#best[template]) ?? 0;
      const more = (savings[i] ?? 0) - present;
      gain += more > 0 ? more : 0;
    }
    return gain;
  }

  take(at: number): void {
    const item = this.#items[at];
    for (let i = 0; item !== undefined && i < item.templates.length; i++) {
      const template = item.templates[i] ?? 0;
      const saving = item.savings[i] ?? 0;
      this.#answering[template]?.push(at);
      if (saving > (this.#best[template] ?? 0)) {
        this.#second[template] = this.#best[template] ?? 0;
        this.#best[template] = saving;
        this.#owner[template] = at;
      } else if (saving > (this.#second[template] ?? 0)) {
        this.#second[template] = saving;
      }
    }
  }

  giveBack(at: number): void {
    for (const template of this.#items[at]?.templates ?? []) {
      const left = (this.#answering[template] ?? []).filter((each) => each !== at);
      this.#answering[template] = left;
      let [best, second, owner] = [0, 0, NOBODY];
      for (const each of left) {
        const saving = this.#savingOf(each, template);
        if (saving > best) {
          [best, second, owner] = [saving, best, each];
        } else if (saving > second) {
          second = saving;
        }
      }
      this.#best[template] = best;
      this.#second[template] = second;
      this.#owner[template] = owner;
    }
  }

  #savingOf(at: number, template: number): number {
    const item = this.#items[at];
    const i = item?.templates.indexOf(template) ?? -1;
    return i === -1 ? 0 : (item?.savings[i] ?? 0);
  }
}
