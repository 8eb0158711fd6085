import { counted } from '../base/counted.ts';
import { type NanoUsd, nanoUsd } from '../base/usd.ts';
import { choose } from './solver/choose.ts';
import type { ChoiceProblem } from './solver/problem.ts';

/** A build that passed every rule. */
export interface Choice {
  readonly key: string;
  readonly bytes: number;
  readonly buildCost: NanoUsd;
  readonly upkeepPerDay: NanoUsd;
  /** Thread time a day its refreshes take. */
  readonly refreshMsPerDay: number;
  /** Days within which what it adds must pay its build back; absent: the budget's. */
  readonly paybackDays?: number | undefined;
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
  /** Thread time a day that refreshes may still take. */
  readonly refreshMsPerDay: number;
  /** Days within which what a choice adds must pay its build back. */
  readonly paybackDays: number;
}

export interface Chosen {
  readonly chosen: readonly string[];
  readonly left: readonly { readonly key: string; readonly because: string }[];
  /** A day, after upkeep and after the builds spread over the payback days. */
  readonly netPerDay: NanoUsd;
  /** No other choice within the budget nets more than this. */
  readonly atMostPerDay: NanoUsd;
}

/**
 * Which builds to begin, when not all fit: the set that nets most a day within storage, refresh window, money and
 * counts. A template is counted for the best of its marts only, and each build is spread over the payback days, so
 * every mart of the set pays its build back by what it adds to the others.
 */
export function chooseWithinBudget(choices: readonly Choice[], budget: Budget): Chosen {
  const ordered = choices.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const solved = choose(problemOf(ordered, budget));
  const taken = new Set(solved.items);
  const chosen = ordered.filter((_, at) => taken.has(at));
  return {
    chosen: chosen.map(({ key }) => key),
    left: ordered
      .filter((_, at) => !taken.has(at))
      .map((choice) => ({ key: choice.key, because: whyLeft(choice, { chosen, budget }) })),
    netPerDay: nanoUsd(BigInt(Math.round(solved.net))),
    atMostPerDay: nanoUsd(BigInt(Math.round(solved.atMost))),
  };
}

function problemOf(choices: readonly Choice[], budget: Budget): ChoiceProblem {
  const places = new Map<string, number>();
  for (const { gains } of choices) {
    for (const { fingerprint } of gains) {
      places.set(fingerprint, places.get(fingerprint) ?? places.size);
    }
  }
  return {
    templates: places.size,
    capacities: roomOf(budget),
    items: choices.map((choice) => {
      const paying = choice.gains.filter(({ savedPerDay }) => savedPerDay > 0n);
      return {
        templates: Int32Array.from(paying, ({ fingerprint }) => places.get(fingerprint) ?? 0),
        savings: Float64Array.from(paying, ({ savedPerDay }) => Number(savedPerDay)),
        cost:
          Number(choice.upkeepPerDay) +
          Number(choice.buildCost) / (choice.paybackDays ?? budget.paybackDays),
        weights: weightsOf(choice),
      };
    }),
  };
}

/** In the order of `roomOf`. */
function weightsOf(choice: Choice): readonly number[] {
  const { bytes, refreshMsPerDay, buildCost, isNew } = choice;
  return [bytes, refreshMsPerDay, Number(buildCost), 1, isNew ? 1 : 0];
}

function roomOf(budget: Budget): readonly number[] {
  const { bytes, refreshMsPerDay, money, builds, marts } = budget;
  return [bytes, refreshMsPerDay, Number(money), builds, marts];
}

function fits(taken: readonly Choice[], budget: Budget): boolean {
  const room = roomOf(budget);
  const used = taken.map(weightsOf).reduce(
    (sum, weights) => sum.map((each, at) => each + (weights[at] ?? 0)),
    room.map(() => 0),
  );
  return used.every((each, at) => each <= (room[at] ?? 0));
}

function whyLeft(
  choice: Choice,
  { chosen, budget }: { readonly chosen: readonly Choice[]; readonly budget: Budget },
): string {
  const left = `${counted(budget.builds, 'build')}, ${counted(budget.marts, 'new mart')}, ${budget.bytes} bytes`;
  if (!fits([choice], budget)) {
    return `it does not fit what is left today: ${left}`;
  }
  return fits([...chosen, choice], budget)
    ? 'what it adds to the builds chosen before it does not pay its own build back'
    : `${counted(chosen.length, 'build that nets', 'builds that net')} more ${chosen.length === 1 ? 'uses' : 'use'} up what is left today: ${left}`;
}
