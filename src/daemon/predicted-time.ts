import type { RelationId } from '../base/relation.ts';
import type { CycleDecision } from '../plan/decide-cycle.ts';
import type { UsageSnapshot } from '../usage/template.ts';

/**
 * Reader time a mart is expected to save a day: its predicted cut in thread time, in the proportion in which readers
 * have waited for thread time so far.
 */
export function predictedMsPerDay(
  mart: RelationId,
  { decision, usage }: { readonly decision: CycleDecision; readonly usage: UsageSnapshot },
): number {
  const numbers = decision.verdicts.find(({ relation }) => relation === mart)?.numbers;
  const cpuMs = usage.facts.reduce((sum, fact) => sum + fact.cpuMs, 0);
  const durationMs = usage.facts.reduce((sum, fact) => sum + fact.durationMs, 0);
  return numbers === undefined || cpuMs === 0
    ? 0
    : numbers.runsPerDay * (numbers.basePerRunMs - numbers.martPerRunMs) * (durationMs / cpuMs);
}
