import { type NanoUsd, noMoney } from '../base/usd.ts';
import type { MartEstimate } from '../cost/estimate.ts';
import type { Mart } from '../marts/mart.ts';
import type { CycleInput } from './cycle-input.ts';
import { keptBytes } from './room.ts';

/** Estimates err; a build that takes this many times its estimate is stopped. */
const MOST_TIMES = 20;
/** A first build may take its estimate, which its saving was found to pay back, and as much again, whatever it is expected to save. */
const LEAST_TIMES = 2;
const LEAST_MS = 60_000;
const LEAST_BYTES = 256_000_000;
/** How much larger than the version before it a next one may be, however little storage is left. */
const EXPECTED_GROWTH = 1.5;

/** What a first build, with its proof, may at most be worth; absent for a refresh, whose price is upkeep. */
export interface Worth {
  /** Net saving a day as hoped for. */
  readonly netPerDay: NanoUsd;
  readonly days: number;
}

/**
 * Thread time and storage a build may take, proofs and replays included. Generous, but a first build may not cost more than its mart
 * is hoped to net until it must have paid back: what saves cents is not proved for dollars. For storage no more than half of what is
 * left: the executor counts all a build may take, and others wait.
 */
export function buildBudget(
  { buildCpuMs, buildCost, bytes }: Pick<MartEstimate, 'buildCpuMs' | 'buildCost' | 'bytes'>,
  {
    mart,
    input,
    worth,
  }: {
    readonly mart: Mart | undefined;
    readonly input: Pick<CycleInput, 'caps' | 'marts'>;
    readonly worth?: Worth | undefined;
  },
): { readonly cpuMs: number; readonly bytes: number } {
  const left = Math.max(0, input.caps.maxStorageBytes - keptBytes(input.marts));
  const expected = Math.max(2 * bytes, EXPECTED_GROWTH * (mart?.current?.bytes ?? 0));
  const generous = Math.max(LEAST_BYTES, MOST_TIMES * bytes);
  const times =
    worth === undefined || buildCost <= noMoney
      ? MOST_TIMES
      : (Math.max(0, Number(worth.netPerDay)) * worth.days) / Number(buildCost);
  const within = Math.min(MOST_TIMES, Math.max(LEAST_TIMES, times));
  return {
    cpuMs: Math.ceil(Math.max(LEAST_MS, within * buildCpuMs)),
    bytes: Math.ceil(Math.min(generous, Math.max(expected, left / 2))),
  };
}
