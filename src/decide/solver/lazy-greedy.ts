import { Coverage } from './coverage.ts';
import { type ChoiceProblem, Remaining, type Selection, sizeOf } from './problem.ts';

/** `net`: most first. `net-per-size`: most for what it takes of the capacities first. */
export type GreedyOrder = 'net' | 'net-per-size';

/**
 * Takes items one by one, the best first, until nothing adds anything. What an item adds never rises while others are
 * taken, so one that was weighed before and still is on top needs no other to be weighed again (Leskovec et al. 2007).
 * Equal items are taken in their order.
 */
export function lazyGreedy(
  problem: ChoiceProblem,
  { order, start = [] }: { readonly order: GreedyOrder; readonly start?: readonly number[] },
): Selection {
  const { items, capacities } = problem;
  const coverage = new Coverage(problem);
  const remaining = new Remaining(capacities);
  const taken: number[] = [];
  let net = 0;
  const take = (at: number, gain: number) => {
    const item = items[at];
    if (item !== undefined) {
      taken.push(at);
      net += gain;
      coverage.take(at);
      remaining.take(item);
    }
  };
  for (const at of start) {
    const item = items[at];
    if (item !== undefined && remaining.fits(item)) {
      take(at, coverage.gainOf(item));
    }
  }
  const queue = new Queue();
  for (const [at, item] of items.entries()) {
    const gain = coverage.gainOf(item);
    if (gain > 0 && !start.includes(at)) {
      queue.push({ at, gain, key: keyOf(gain, at), stamp: taken.length });
    }
  }
  for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
    const item = items[top.at];
    if (item === undefined || !remaining.fits(item)) {
      continue;
    }
    if (top.stamp === taken.length) {
      take(top.at, top.gain);
      continue;
    }
    const gain = coverage.gainOf(item);
    if (gain > 0) {
      queue.push({ at: top.at, gain, key: keyOf(gain, top.at), stamp: taken.length });
    }
  }
  return { items: taken.toSorted((a, b) => a - b), net };

  function keyOf(gain: number, at: number): number {
    const item = items[at];
    return order === 'net' || item === undefined ? gain : gain / sizeOf(item, capacities);
  }
}

interface Entry {
  readonly at: number;
  readonly gain: number;
  readonly key: number;
  /** How many were taken when it was weighed. */
  readonly stamp: number;
}

/** A binary heap: largest key on top, of equal ones the first item. */
class Queue {
  readonly #entries: Entry[] = [];

  push(entry: Entry): void {
    const heap = this.#entries;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const above = heap[up];
      if (above === undefined || !isBefore(entry, above)) {
        break;
      }
      heap[at] = above;
      at = up;
    }
    heap[at] = entry;
  }

  pop(): Entry | undefined {
    const heap = this.#entries;
    const [top] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) {
      return top;
    }
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = best(heap, left, left + 1);
      const entry = heap[child];
      if (entry === undefined || !isBefore(entry, last)) {
        break;
      }
      heap[at] = entry;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function best(heap: readonly Entry[], left: number, right: number): number {
  const [a, b] = [heap[left], heap[right]];
  return a !== undefined && b !== undefined && isBefore(b, a) ? right : left;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.key > b.key || (a.key === b.key && a.at < b.at);
}
