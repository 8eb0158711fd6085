import type { Coverage, Template, UsageFact } from './template.ts';
import type { SkipCount } from './usage-ports.ts';

export interface CoverageParts {
  readonly templates: readonly Template[];
  readonly facts: readonly UsageFact[];
  readonly skips: readonly SkipCount[];
}

/**
 * How much of the history we understood. Statements are finished runs, cached ones too; our own are left out.
 * Skipped statements are no part of the shares: they are listed by rule.
 */
export function coverageOf({ templates, facts, skips }: CoverageParts): Coverage {
  const templateOf = new Map(templates.map((template) => [template.fingerprint, template]));
  const all = tally();
  const parsed = tally();
  const resolved = tally();
  const attributed = tally();
  const former = tally();
  const notUnderstood = new Map<string, number>();
  let uncachedRuns = 0;
  let costedRuns = 0;
  for (const fact of facts) {
    if (fact.reader.kind === 'goldsmith') {
      continue;
    }
    uncachedRuns += fact.runs;
    costedRuns += fact.costedRuns;
    all.add(fact);
    if (fact.reader.kind !== 'unknown') {
      attributed.add(fact);
    }
    const shape = templateOf.get(fact.fingerprint)?.shape;
    if (shape !== undefined && shape.level !== 'lexer') {
      parsed.add(fact);
    }
    if (shape?.level === 'full') {
      resolved.add(fact);
    }
    if (shape?.asOf !== undefined) {
      former.add(fact);
    }
    for (const reason of shape?.notUnderstood ?? []) {
      addTo(notUnderstood, reason, fact.runs + fact.cachedRuns);
    }
  }
  return {
    statements: all.statements,
    parsedShare: share(parsed.statements, all.statements),
    resolvedShare: share(resolved.statements, all.statements),
    attributedShare: share(attributed.statements, all.statements),
    costedShare: share(costedRuns, uncachedRuns),
    cpuMs: all.cpuMs,
    parsedCostShare: share(parsed.cpuMs, all.cpuMs),
    resolvedCostShare: share(resolved.cpuMs, all.cpuMs),
    attributedCostShare: share(attributed.cpuMs, all.cpuMs),
    ...(former.statements === 0 ? {} : { formerShare: share(former.statements, all.statements) }),
    skipped: sortedRecord(skipsByRule(skips)),
    notUnderstood: sortedRecord(notUnderstood),
  };
}

interface Tally {
  statements: number;
  cpuMs: number;
  add(fact: UsageFact): void;
}

function tally(): Tally {
  return {
    statements: 0,
    cpuMs: 0,
    add(fact) {
      this.statements += fact.runs + fact.cachedRuns;
      this.cpuMs += fact.cpuMs;
    },
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : Math.min(1, part / whole);
}

function skipsByRule(skips: readonly SkipCount[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rule, statements } of skips) {
    addTo(counts, rule, statements);
  }
  return counts;
}

function addTo(counts: Map<string, number>, name: string, count: number): void {
  if (count > 0) {
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
}

function sortedRecord(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
