import { canonicalJson } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import type { Template, UsageFact, UsageSnapshot } from '../usage/template.ts';

/** What one template cost in the window, and who asked. Tests and Goldsmith's own statements are nobody's demand. */
export interface TemplateDemand {
  readonly template: Template;
  readonly runs: number;
  /** Mean thread time of a run on base; undefined where the history never told it. */
  readonly baseCpuMs: number | undefined;
  readonly baseRuns: number;
  /** Mean thread time of runs a mart answered by `route`. */
  readonly served: ReadonlyMap<RelationId, { readonly runs: number; readonly cpuMs: number }>;
  readonly asks: readonly Asks[];
  /** A few recent statements, newest first, to fetch their texts again for a replay. */
  readonly sampleIds: readonly string[];
  /** `runs * baseCpuMs`: what it would have cost without any mart. */
  readonly cpuMs: number;
}

/** Runs of one day by one reader over one client. */
export interface Asks {
  readonly day: string;
  readonly client: string;
  /** `kind/name`, stable. */
  readonly reader: string;
  readonly runs: number;
}

/**
 * Folds the facts of the window into demand per template, dearest first. `baselines` are mean base costs frozen when
 * a mart took the template over: facts of a taken-over view no longer show what base would cost.
 */
export function demandOf(
  usage: UsageSnapshot,
  baselines: ReadonlyMap<string, { readonly cpuMs: number; readonly runs: number }>,
): readonly TemplateDemand[] {
  const factsOf = new Map<string, UsageFact[]>();
  for (const fact of usage.facts) {
    if (fact.reader.kind === 'goldsmith' || fact.reader.kind === 'test' || fact.runs === 0) {
      continue;
    }
    const facts = factsOf.get(fact.fingerprint);
    if (facts === undefined) {
      factsOf.set(fact.fingerprint, [fact]);
    } else {
      facts.push(fact);
    }
  }
  return usage.templates
    .flatMap((template) => {
      const facts = factsOf.get(template.fingerprint);
      return facts === undefined || template.shape.statement !== 'query'
        ? []
        : [foldDemand(template, { facts, baseline: baselines.get(template.fingerprint) })];
    })
    .toSorted(
      (a, b) => b.cpuMs - a.cpuMs || (a.template.fingerprint < b.template.fingerprint ? -1 : 1),
    );
}

const MOST_SAMPLES = 3;

interface DemandParts {
  readonly facts: readonly UsageFact[];
  readonly baseline: { readonly cpuMs: number; readonly runs: number } | undefined;
}

function foldDemand(template: Template, { facts, baseline }: DemandParts): TemplateDemand {
  const sorted = facts.toSorted((a, b) => (factKey(a) < factKey(b) ? -1 : 1));
  const onBase = sorted.filter(({ servedBy }) => servedBy.kind !== 'route');
  const observed = meanCpu(onBase);
  const base = baseline ?? observed;
  const runs = sorted.reduce((sum, fact) => sum + fact.runs, 0);

  const served = new Map<RelationId, { runs: number; cpuMs: number }>();
  for (const relation of new Set(sorted.flatMap((fact) => martOf(fact)))) {
    const mean = meanCpu(sorted.filter((fact) => martOf(fact).includes(relation)));
    if (mean !== undefined) {
      served.set(relation, mean);
    }
  }
  return {
    template,
    runs,
    baseCpuMs: base?.cpuMs,
    baseRuns: base?.runs ?? 0,
    served,
    asks: sorted.map(({ day, client, reader, runs: asked }) => ({
      day,
      client: client.toLowerCase(),
      reader: `${reader.kind}/${reader.name}`,
      runs: asked,
    })),
    sampleIds: [
      ...new Set(
        onBase
          .toSorted((a, b) => b.lastEndedAt - a.lastEndedAt)
          .flatMap(({ sampleIds }) => sampleIds.toReversed()),
      ),
    ].slice(0, MOST_SAMPLES),
    cpuMs: runs * (base?.cpuMs ?? 0),
  };
}

function martOf({ servedBy }: UsageFact): readonly RelationId[] {
  return servedBy.kind === 'route' ? [servedBy.mart] : [];
}

function meanCpu(facts: readonly UsageFact[]) {
  const runs = facts.reduce((sum, { costedRuns }) => sum + costedRuns, 0);
  const cpuMs = facts.reduce((sum, fact) => sum + fact.cpuMs, 0);
  return runs === 0 ? undefined : { runs, cpuMs: cpuMs / runs };
}

/** An order that does not depend on how the facts were stored, so that sums of doubles are equal everywhere. */
function factKey(fact: UsageFact): string {
  return `${fact.day} ${fact.client} ${canonicalJson([fact.reader, fact.role, fact.servedBy])} ${fact.cpuMs}`;
}
