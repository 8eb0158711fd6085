import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { PairedMeasure } from '../savings/baseline.ts';
import type { SavingsSettings } from '../savings/settings.ts';
import type { UsageSnapshot } from '../usage/template.ts';

export interface Sampling {
  readonly usage: UsageSnapshot;
  readonly now: EpochMs;
  readonly measured: readonly PairedMeasure[];
  readonly settings: SavingsSettings;
}

/** Readers' runs for which measuring again is worth two runs on base: a tenth of what base would cost them. */
const RUNS_A_PAIR = 20;

/**
 * What to measure in this cycle: kinds of statement that reach the mart and were never measured, a few a cycle; once all
 * are, one of them now and then, as long as readers come. Measuring costs base runs, so it must stay far below what the mart saves.
 */
export function samplesOf(
  relation: RelationId,
  { usage, now, measured, settings }: Sampling,
): readonly { readonly fingerprint: string; readonly sampleId: string }[] {
  const reaching = new Set([
    ...usage.templates
      .filter(({ shape }) =>
        shape.relations.some((use) => use.via === 'named' && use.relation === relation),
      )
      .map(({ fingerprint }) => fingerprint),
    // What comes by `route` is measured by its hold-out, which costs less and is the better sample.
    ...usage.facts
      .filter(
        ({ servedBy }) =>
          (settings.holdOutShare === 0 || servedBy.kind === 'rewritten') &&
          servedBy.kind !== 'base' &&
          servedBy.mart === relation,
      )
      .map(({ fingerprint }) => fingerprint),
  ]);
  const newest = new Map<string, string>();
  for (const fact of usage.facts.toSorted((a, b) => a.lastEndedAt - b.lastEndedAt)) {
    const sampleId = fact.sampleIds[0];
    const isReader = reaching.has(fact.fingerprint) && fact.reader.kind !== 'goldsmith';
    if (isReader && sampleId !== undefined) {
      newest.set(fact.fingerprint, sampleId);
    }
  }
  const lastAt = new Map<string, EpochMs>();
  for (const { fingerprint, at } of measured.filter(({ mart }) => mart === relation)) {
    lastAt.set(fingerprint, Math.max(at, lastAt.get(fingerprint) ?? 0));
  }
  const all = [...newest]
    .map(([fingerprint, sampleId]) => ({ fingerprint, sampleId, at: lastAt.get(fingerprint) }))
    .toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0) || (a.fingerprint < b.fingerprint ? -1 : 1));
  const never = all.filter(({ at }) => at === undefined);
  if (never.length > 0) {
    return never.slice(0, settings.pairedRunsPerCycle);
  }
  const last = Math.max(0, ...lastAt.values());
  const runs = usage.facts
    .filter(({ fingerprint, lastEndedAt }) => newest.has(fingerprint) && lastEndedAt > last)
    .reduce((sum, fact) => sum + (fact.reader.kind === 'goldsmith' ? 0 : fact.runs), 0);
  const isDue = now - last >= settings.pairedRunsEvery && runs >= RUNS_A_PAIR;
  return isDue && settings.pairedRunsPerCycle > 0 ? all.slice(0, 1) : [];
}
