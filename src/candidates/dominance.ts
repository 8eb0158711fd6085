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
  const kept: Item[] = [];
  const dominated: { item: Item; by: Item }[] = [];
  for (const item of items.toSorted(byWorth)) {
    const isExempt = isNamed(item) || item.answers.length === 0;
    const by = isExempt ? undefined : kept.find((other) => dominates(other, item));
    if (by === undefined) {
      kept.push(item);
    } else {
      dominated.push({ item, by });
    }
  }
  return { kept, dominated };
}

/** A total order, so that near-equals cannot drop each other in a circle: only what comes before may dominate. */
function byWorth(a: Weighed, b: Weighed): number {
  return (
    Number(isNamed(b)) - Number(isNamed(a)) ||
    b.answers.length - a.answers.length ||
    Number(a.totalCost - b.totalCost) ||
    cpuMsOf(a) - cpuMsOf(b) ||
    (a.candidate.key < b.candidate.key ? -1 : 1)
  );
}

function cpuMsOf({ answers }: Weighed): number {
  return answers.reduce((sum, { martCpuMs }) => sum + martCpuMs, 0);
}

function dominates(a: Weighed, b: Weighed): boolean {
  if (a.totalCost > b.totalCost || a.answers.length < b.answers.length) {
    return false;
  }
  const better = new Map(a.answers.map((answer) => [answer.fingerprint, answer]));
  return b.answers.every(({ fingerprint, martCpuMs, how, rewritten }) => {
    const answer = better.get(fingerprint);
    // By name every reader arrives, by route only those who ask: an answer without the road is none.
    const isSame = answer?.how === how && (rewritten !== true || answer.rewritten === true);
    const hasTheRoad = answer?.how === 'stable-name' || isSame;
    return answer !== undefined && hasTheRoad && answer.martCpuMs <= NEARLY * martCpuMs;
  });
}

function isNamed({ candidate: { enumerator } }: Weighed): boolean {
  return enumerator === 'published' || enumerator === 'adopted' || enumerator === 'adopted-table';
}
