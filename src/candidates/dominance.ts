import type { NanoUsd } from '../base/usd.ts';
import type { Answer, Candidate } from './candidate.ts';

export interface Weighed {
  readonly candidate: Candidate;
  readonly answers: readonly Answer[];
  /** Build plus upkeep over the horizon. */
  readonly totalCost: NanoUsd;
}

const NEARLY = 1.05;

/**
 * Drops a candidate where another answers all it answers, nearly as cheaply, and costs no more in all. Published
 * marts are never dropped here: they are judged.
 */
export function withoutDominated<Item extends Weighed>(
  items: readonly Item[],
): {
  readonly kept: readonly Item[];
  readonly dominated: readonly { readonly item: Item; readonly by: Item }[];
} {
  const ordered = items.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const kept: Item[] = [];
  const dominated: { item: Item; by: Item }[] = [];
  for (const item of ordered) {
    const by = ordered.find(
      (other) =>
        other !== item &&
        dominates(other, item) &&
        !(dominates(item, other) && ordered.indexOf(item) < ordered.indexOf(other)),
    );
    if (by === undefined || item.candidate.enumerator === 'published') {
      kept.push(item);
    } else {
      dominated.push({ item, by });
    }
  }
  return { kept, dominated };
}

function dominates(a: Weighed, b: Weighed): boolean {
  if (a.totalCost > b.totalCost || a.answers.length < b.answers.length) {
    return false;
  }
  const costs = new Map(a.answers.map(({ fingerprint, martCpuMs }) => [fingerprint, martCpuMs]));
  return b.answers.every(({ fingerprint, martCpuMs }) => {
    const cost = costs.get(fingerprint);
    return cost !== undefined && cost <= NEARLY * martCpuMs;
  });
}

function rank({ candidate }: Weighed): string {
  return `${candidate.enumerator === 'published' ? 0 : 1} ${candidate.key}`;
}
