import { dayOf } from '../base/clock.ts';
import { addUsd, nanoUsd, usd } from '../base/usd.ts';
import type { Mart } from '../marts/mart.ts';
import type { WorkDone } from '../marts/receipt.ts';
import type { Budget } from './choose-within-budget.ts';
import type { CycleInput } from './cycle-input.ts';
import { isQuiet } from './days.ts';

/** What is left of today's caps: the executor enforces them, a planner only reads them. */
export interface Room {
  readonly budget: Budget;
  readonly refreshes: number;
  readonly isQuiet: boolean;
}

/** A build in steps is one, however many entries its cycles leave; one that failed is not tried again on the same day. */
function buildOf({ relation }: WorkDone): string {
  return relation;
}

export function roomLeft(
  { caps, policy, marts, workDone, now }: CycleInput,
  /** Thread time a day that the refreshes of the marts that stand take. */
  refreshMsTaken: number,
): Room {
  const today = workDone.filter(({ at }) => dayOf(at) === dayOf(now));
  const builds = today.filter(({ kind }) => kind === 'build' || kind === 'failed-build');
  const refreshes = today.filter(({ kind }) => kind === 'refresh').length;
  const spent = addUsd(...builds.map(({ cost }) => cost));
  const kept = marts.reduce((sum, mart) => sum + footprint(mart), 0);
  return {
    budget: {
      builds: Math.max(0, caps.buildsPerDay - new Set(builds.map(buildOf)).size),
      marts: Math.max(0, caps.maxMarts - marts.length),
      bytes: Math.max(0, caps.maxStorageBytes - kept),
      money: nanoUsd(usd(caps.maxBuildUsdPerDay) - spent),
      refreshMsPerDay: Math.max(0, policy.refreshWindow - refreshMsTaken),
      paybackDays: policy.paybackDays,
    },
    refreshes: Math.max(0, caps.refreshesPerDay - refreshes),
    isQuiet: isQuiet(now, caps.quietHours),
  };
}

/** What a mart takes now, or takes once it is refreshed: the version that is replaced stays for a while. */
function footprint(mart: Mart): number {
  return Math.max(keptBytes([mart]), 2 * (mart.current?.bytes ?? 0));
}

/** What all versions take, hidden ones included, as the storage cap counts them. */
export function keptBytes(marts: CycleInput['marts']): number {
  return marts
    .flatMap(({ current, hidden }) => [
      ...(current === undefined ? [] : [current]),
      ...hidden.map(({ version }) => version),
    ])
    .reduce((sum, { bytes }) => sum + bytes, 0);
}
