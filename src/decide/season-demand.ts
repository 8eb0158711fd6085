import { DAY_MS, dayNumber } from '../base/clock.ts';
import { nanoUsd, scaleUsd, subtractUsd } from '../base/usd.ts';
import type { DemandSide } from './candidate-demand.ts';
import type { DecisionInput } from './decision-rule.ts';
import { firstDayOf, type TemplatePast } from './forecast/past.ts';

/** Evidence for a season is what came within the last quarter. */
const REMEMBERED_DAYS = 95;

/**
 * The same question just before a season that is worth a build: the rules are asked about the season's days, with the
 * runs of past seasons for evidence, since the evidence window shows the quiet weeks.
 */
export function withSeason(asked: DecisionInput, past: readonly TemplatePast[]): DecisionInput {
  const { reservation, saving, estimate, demand } = asked;
  if (reservation.kind !== 'build') {
    return asked;
  }
  const days = 1 + dayOf(reservation.until) - dayOf(reservation.from);
  const meanPerDay = nanoUsd(reservation.seasonSaves / BigInt(days));
  const perMean = (bound: bigint) =>
    saving.meanPerDay <= 0n ? 0 : Number(bound) / Number(saving.meanPerDay);
  const remembered = rememberedDemand(past, asked.now);
  return {
    ...asked,
    demand: remembered.runs > demand.reachable.runs ? { ...demand, reachable: remembered } : demand,
    saving: {
      lowPerDay: scaleUsd(meanPerDay, perMean(saving.lowPerDay)),
      meanPerDay,
      highPerDay: scaleUsd(meanPerDay, perMean(saving.highPerDay)),
    },
    netPerDay: subtractUsd(meanPerDay, estimate.upkeepPerDay),
  };
}

function rememberedDemand(past: readonly TemplatePast[], now: number): DemandSide {
  const active = new Set<number>();
  let [runs, baseCpuMs, savedCpuMs] = [0, 0, 0];
  for (const template of past) {
    const first = firstDayOf(template);
    for (const [i, count] of template.runs.entries()) {
      if (count > 0 && first + i >= dayNumber(now) - REMEMBERED_DAYS) {
        active.add(first + i);
        runs += count;
        baseCpuMs += count * template.baseCpuMs;
        savedCpuMs += count * template.savedCpuMs;
      }
    }
  }
  return {
    runs: Math.round(runs),
    readers: past.reduce((most, { readers }) => Math.max(most, readers), 0),
    days: active.size,
    baseCpuMs,
    martCpuMs: baseCpuMs - savedCpuMs,
  };
}

function dayOf(day: string): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}
