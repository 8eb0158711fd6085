import type { RelationId } from '../base/relation.ts';
import type { UsageSnapshot } from '../usage/template.ts';

/**
 * The usage as it would have looked had the marts stood: statements that name one would have been answered by it from its
 * first day on, so what they really cost then no longer tells anything. They stay runs, without a cost. Statements
 * that come by `route` keep theirs: it is what base costs.
 */
export function usageBeside(
  usage: UsageSnapshot,
  /** The first day of every mart that stands as a table. */
  standsSince: ReadonlyMap<RelationId, string>,
): UsageSnapshot {
  const servedFrom = new Map<string, string>();
  for (const { fingerprint, shape } of usage.templates) {
    for (const { relation } of shape.relations) {
      const day = standsSince.get(relation);
      if (day !== undefined && day < (servedFrom.get(fingerprint) ?? NEVER)) {
        servedFrom.set(fingerprint, day);
      }
    }
  }
  if (servedFrom.size === 0) {
    return usage;
  }
  return {
    ...usage,
    facts: usage.facts.map((fact) =>
      fact.day >= (servedFrom.get(fact.fingerprint) ?? NEVER)
        ? { ...fact, costedRuns: 0, cpuMs: 0, cpuMsSquared: 0, durationMs: 0 }
        : fact,
    ),
  };
}

const NEVER = '9999-12-31';
