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
  /** Mean thread time of runs a mart answered, by `route` or by the warehouse's own rewriting. */
  readonly served: ReadonlyMap<RelationId, { readonly runs: number; readonly cpuMs: number }>;
  /** Marts that the warehouse itself was seen to answer it from. */
  readonly rewrittenTo: ReadonlySet<RelationId>;
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

export interface DemandParts {
  /** Mean base costs by fingerprint, frozen when a mart became physical. */
  readonly baselines: ReadonlyMap<string, { readonly cpuMs: number; readonly runs: number }>;
  /** The UTC day each physical mart became so: later runs by its name no longer show what base costs. */
  readonly physicalSince: ReadonlyMap<RelationId, string>;
  /** The UTC day on which marts that were physical last were so: neither do runs by their name until then. */
  readonly physicalUntil: ReadonlyMap<RelationId, string>;
}

/** Folds the facts of the window into demand per template, dearest first. */
export function demandOf(usage: UsageSnapshot, parts: DemandParts): readonly TemplateDemand[] {
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
        : [foldDemand(template, { ...parts, facts })];
    })
    .toSorted(
      (a, b) => b.cpuMs - a.cpuMs || (a.template.fingerprint < b.template.fingerprint ? -1 : 1),
    );
}

const MOST_SAMPLES = 3;

function foldDemand(
  template: Template,
  {
    facts,
    baselines,
    physicalSince,
    physicalUntil,
  }: DemandParts & { readonly facts: readonly UsageFact[] },
): TemplateDemand {
  const sorted = facts.toSorted(inOrder);
  const named = template.shape.relations.find(({ relation }) =>
    physicalSince.has(relation),
  )?.relation;
  const flip = named === undefined ? undefined : physicalSince.get(named);
  const back = lastOf(template, physicalUntil);
  const asked = sorted.filter(({ servedBy }) => servedBy.kind !== 'route');
  // The day of a flip holds runs of both kinds and shows neither.
  const onBase = asked.filter(
    ({ day, servedBy }) =>
      servedBy.kind !== 'rewritten' &&
      (flip === undefined || day < flip) &&
      (back === undefined || day > back),
  );
  const frozen = baselines.get(template.fingerprint);
  const base = (flip === undefined ? undefined : frozen) ?? meanCpu(onBase) ?? frozen;
  const runs = sorted.reduce((sum, fact) => sum + fact.runs, 0);

  const served = new Map<RelationId, { runs: number; cpuMs: number }>();
  for (const relation of new Set(sorted.flatMap((fact) => martOf(fact)))) {
    const mean = meanCpu(sorted.filter((fact) => martOf(fact).includes(relation)));
    if (mean !== undefined) {
      served.set(relation, mean);
    }
  }
  if (named !== undefined && flip !== undefined) {
    const mean = meanCpu(asked.filter(({ day }) => day > flip));
    if (mean !== undefined) {
      served.set(named, mean);
    }
  }
  // Most templates are too cheap to be looked at any closer, so their lists are made when first asked for.
  let asks: readonly Asks[] | undefined;
  let sampleIds: readonly string[] | undefined;
  return {
    template,
    runs,
    baseCpuMs: base?.cpuMs,
    baseRuns: base?.runs ?? 0,
    served,
    rewrittenTo: new Set(
      sorted.flatMap(({ servedBy }) => (servedBy.kind === 'rewritten' ? [servedBy.mart] : [])),
    ),
    get asks() {
      asks ??= sorted.map(askOf);
      return asks;
    },
    get sampleIds() {
      sampleIds ??= latestSamples(asked);
      return sampleIds;
    },
    cpuMs: runs * (base?.cpuMs ?? 0),
  };
}

/** The last day on which any of the marts it names was physical that is so no more. */
function lastOf(
  { shape }: Template,
  physicalUntil: ReadonlyMap<RelationId, string>,
): string | undefined {
  return shape.relations
    .flatMap(({ relation }) => physicalUntil.get(relation) ?? [])
    .toSorted()
    .at(-1);
}

function askOf({ day, client, reader, runs }: UsageFact): Asks {
  return { day, client: client.toLowerCase(), reader: `${reader.kind}/${reader.name}`, runs };
}

function latestSamples(asked: readonly UsageFact[]): readonly string[] {
  const latestFirst = asked.toSorted((a, b) => b.lastEndedAt - a.lastEndedAt);
  const ids = latestFirst.flatMap(({ sampleIds }) => sampleIds.toReversed());
  return [...new Set(ids)].slice(0, MOST_SAMPLES);
}

function martOf({ servedBy }: UsageFact): readonly RelationId[] {
  return servedBy.kind === 'route' || servedBy.kind === 'rewritten' ? [servedBy.mart] : [];
}

function meanCpu(facts: readonly UsageFact[]) {
  const runs = facts.reduce((sum, { costedRuns }) => sum + costedRuns, 0);
  const cpuMs = facts.reduce((sum, fact) => sum + fact.cpuMs, 0);
  return runs === 0 ? undefined : { runs, cpuMs: cpuMs / runs };
}

/** An order that does not depend on how the facts were stored, so that sums of doubles are equal everywhere. */
function inOrder(a: UsageFact, b: UsageFact): number {
  return (
    compare(a.day, b.day) ||
    compare(a.client, b.client) ||
    (a.reader === b.reader ? 0 : compare(textOf(a.reader), textOf(b.reader))) ||
    compare(a.role, b.role) ||
    (a.servedBy === b.servedBy ? 0 : compare(textOf(a.servedBy), textOf(b.servedBy))) ||
    a.cpuMs - b.cpuMs
  );
}

function compare(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}

/** Canonical JSON of readers and ways of answering: the facts of one snapshot share a few of them. */
function textOf(shared: UsageFact['reader'] | UsageFact['servedBy']): string {
  const known = TEXTS.get(shared);
  if (known !== undefined) {
    return known;
  }
  const text = canonicalJson(shared);
  TEXTS.set(shared, text);
  return text;
}

const TEXTS = new WeakMap<object, string>();
