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
 * Drops a candidate where another answers all it answers, over the same roads, nearly as cheaply, and costs no more
 * in all. Published marts and adoptable views are never dropped here: people know their names, so they are judged.
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
    if (by === undefined || isNamed(item)) {
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
  const better = new Map(a.answers.map((answer) => [answer.fingerprint, answer]));
  return b.answers.every(({ fingerprint, martCpuMs, how }) => {
    const answer = better.get(fingerprint);
    // By name every reader arrives, by route only those who ask: an answer without the road is none.
    const hasTheRoad = answer?.how === 'stable-name' || answer?.how === how;
    return answer !== undefined && hasTheRoad && answer.martCpuMs <= NEARLY * martCpuMs;
  });
}

function isNamed({ candidate: { enumerator } }: Weighed): boolean {
  return enumerator === 'published' || enumerator === 'adopted';
}

function rank(item: Weighed): string {
  return `${isNamed(item) ? 0 : 1} ${item.candidate.key}`;
}
