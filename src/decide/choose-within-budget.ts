import type { NanoUsd } from '../base/usd.ts';

/** A build that passed every rule. */
export interface Choice {
  readonly key: string;
  readonly bytes: number;
  readonly buildCost: NanoUsd;
  readonly upkeepPerDay: NanoUsd;
  /** Takes a place among the marts: false where it is published already. */
  readonly isNew: boolean;
  /** Per template: runs a day and what one costs on this mart. */
  readonly gains: readonly { readonly fingerprint: string; readonly savedPerDay: NanoUsd }[];
}

export interface Budget {
  readonly builds: number;
  readonly marts: number;
  readonly bytes: number;
  readonly money: NanoUsd;
  /** Days within which what a choice adds must pay its build back. */
  readonly paybackDays: number;
}

export interface Chosen {
  readonly chosen: readonly string[];
  readonly left: readonly { readonly key: string; readonly because: string }[];
}

/**
 * Which builds to begin, when not all fit: lazy greedy by net gain per byte and by net gain, and the best single
 * one; the set with most net gain wins. A template is counted for the best of its marts only, so a second mart must
 * pay by what it adds. (Khuller et al. 1999 and Leskovec et al. 2007 for the guarantee; `selection.md` 1.3, 1.6.)
 */
export function chooseWithinBudget(choices: readonly Choice[], budget: Budget): Chosen {
  const ordered = choices.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const perByte = greedy(ordered, { budget, keyOf: (net, { bytes }) => net / Math.max(1, bytes) });
  const byGain = greedy(ordered, { budget, keyOf: (net) => net });
  const single = bestSingle(ordered, budget);
  const [best] = [byGain, perByte, single].toSorted((a, b) => b.net - a.net);
  const chosen = best?.keys ?? [];
  return {
    chosen: ordered.filter(({ key }) => chosen.includes(key)).map(({ key }) => key),
    left: ordered
      .filter(({ key }) => !chosen.includes(key))
      .map((choice) => ({
        key: choice.key,
        because: whyLeft(choice, { chosen, ordered, budget }),
      })),
  };
}

interface Selection {
  readonly keys: readonly string[];
  readonly net: number;
}

interface GreedyParts {
  readonly budget: Budget;
  readonly keyOf: (net: number, choice: Choice) => number;
}

function greedy(choices: readonly Choice[], { budget, keyOf }: GreedyParts): Selection {
  const covered = new Map<string, number>();
  const taken: Choice[] = [];
  let waiting = choices.map((choice) => ({ choice, net: netOf(choice, covered), stamp: 0 }));
  let net = 0;
  while (waiting.length > 0) {
    waiting = waiting.toSorted(
      (a, b) =>
        keyOf(b.net, b.choice) - keyOf(a.net, a.choice) || (a.choice.key < b.choice.key ? -1 : 1),
    );
    const [top, ...rest] = waiting;
    if (top === undefined) {
      break;
    }
    if (top.stamp < taken.length) {
      // What it adds may have fallen since it was weighed; gains never rise.
      waiting = [...rest, { ...top, net: netOf(top.choice, covered), stamp: taken.length }];
      continue;
    }
    waiting = rest;
    if (fits(top.choice, { taken, budget }) && pays(top.choice, { net: top.net, budget })) {
      taken.push(top.choice);
      net += top.net;
      cover(covered, top.choice);
    }
  }
  return { keys: taken.map(({ key }) => key), net };
}

function bestSingle(choices: readonly Choice[], budget: Budget): Selection {
  const none = new Map<string, number>();
  const [best] = choices
    .map((choice) => ({ choice, net: netOf(choice, none) }))
    .filter(
      ({ choice, net }) => fits(choice, { taken: [], budget }) && pays(choice, { net, budget }),
    )
    .toSorted((a, b) => b.net - a.net || (a.choice.key < b.choice.key ? -1 : 1));
  return best === undefined ? { keys: [], net: 0 } : { keys: [best.choice.key], net: best.net };
}

/** Nano-dollars a day it adds to what is covered, after its own upkeep. */
function netOf({ gains, upkeepPerDay }: Choice, covered: ReadonlyMap<string, number>): number {
  const added = gains.reduce(
    (sum, { fingerprint, savedPerDay }) =>
      sum + Math.max(0, Number(savedPerDay) - (covered.get(fingerprint) ?? 0)),
    0,
  );
  return added - Number(upkeepPerDay);
}

function cover(covered: Map<string, number>, { gains }: Choice): void {
  for (const { fingerprint, savedPerDay } of gains) {
    covered.set(fingerprint, Math.max(covered.get(fingerprint) ?? 0, Number(savedPerDay)));
  }
}

function pays(
  { buildCost }: Choice,
  { net, budget }: { readonly net: number; readonly budget: Budget },
) {
  return net > 0 && net * budget.paybackDays >= Number(buildCost);
}

function fits(
  choice: Choice,
  { taken, budget }: { readonly taken: readonly Choice[]; readonly budget: Budget },
): boolean {
  const all = [...taken, choice];
  return (
    all.length <= budget.builds &&
    all.filter(({ isNew }) => isNew).length <= budget.marts &&
    all.reduce((sum, { bytes }) => sum + bytes, 0) <= budget.bytes &&
    all.reduce((sum, { buildCost }) => sum + buildCost, 0n) <= budget.money
  );
}

function whyLeft(
  choice: Choice,
  {
    chosen,
    ordered,
    budget,
  }: {
    readonly chosen: readonly string[];
    readonly ordered: readonly Choice[];
    readonly budget: Budget;
  },
): string {
  if (!fits(choice, { taken: [], budget })) {
    return `it does not fit what is left today: ${budget.builds} builds, ${budget.marts} new marts, ${budget.bytes} bytes`;
  }
  const taken = ordered.filter(({ key }) => chosen.includes(key));
  if (!fits(choice, { taken, budget })) {
    return `${taken.length} builds that net more use up what is left today: ${budget.builds} builds, ${budget.marts} new marts, ${budget.bytes} bytes`;
  }
  return 'what it adds to the builds chosen before it does not pay its own build back';
}
