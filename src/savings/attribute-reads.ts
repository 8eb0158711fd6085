import { dayOf, type EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Template, UsageFact } from '../usage/template.ts';
import type { SideCost } from './baseline.ts';

/** Executions of one template that one mart answered, and those kept on base as hold-out. */
export interface AttributedReads {
  readonly fingerprint: string;
  readonly mart: RelationId;
  readonly road: 'route' | 'rewritten' | 'stable-name';
  /** All executions the mart answered; costs are means over those whose cost is known. */
  readonly served: SideCost & { readonly allRuns: number };
  readonly heldOut: SideCost;
}

export interface AttributionInput {
  readonly mart: RelationId;
  readonly physicalSince: EpochMs;
  /** When it stopped being physical; absent while it is. */
  readonly until?: EpochMs | undefined;
  /** UTC days on which the stable view had expired: what came by it then was answered by the logical definition. */
  readonly lapsedDays?: readonly string[] | undefined;
  readonly templates: readonly Template[];
  readonly facts: readonly UsageFact[];
}

/**
 * Which executions the mart answered since it became physical. By `route` the served statement says so itself, by the warehouse's
 * own rewriting the history;
 * by stable name every statement that names the view counts, from the day after the flip on until the day before
 * it was taken back (the days of both hold runs of both kinds).
 */
export function attributeReads(input: AttributionInput): readonly AttributedReads[] {
  const { mart, physicalSince, until, templates, facts } = input;
  const flipDay = dayOf(physicalSince);
  const lapsed = new Set(input.lapsedDays);
  const backDay = until === undefined ? undefined : dayOf(until);
  const namesTheMart = new Set(
    templates
      .filter(({ shape }) =>
        shape.relations.some((use) => use.via === 'named' && use.relation === mart),
      )
      .map(({ fingerprint }) => fingerprint),
  );

  const reads = new Map<
    string,
    { served: UsageFact[]; heldOut: UsageFact[]; road: AttributedReads['road'] }
  >();
  for (const fact of facts) {
    const road = roadOf(fact, { mart, flipDay, backDay, lapsed, namesTheMart });
    if (road === undefined) {
      continue;
    }
    const key = `${fact.fingerprint}/${road}`;
    const entry = reads.get(key) ?? { served: [], heldOut: [], road };
    (fact.servedBy.kind === 'hold-out' ? entry.heldOut : entry.served).push(fact);
    reads.set(key, entry);
  }

  return [...reads.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { served, heldOut, road }]) => ({
      fingerprint: key.slice(0, key.lastIndexOf('/')),
      mart,
      road,
      served: { ...sideCost(served), allRuns: served.reduce((sum, { runs }) => sum + runs, 0) },
      heldOut: sideCost(heldOut),
    }));
}

function roadOf(
  { servedBy, fingerprint, day, reader }: UsageFact,
  parts: {
    readonly mart: RelationId;
    readonly flipDay: string;
    readonly backDay: string | undefined;
    readonly lapsed: ReadonlySet<string>;
    readonly namesTheMart: ReadonlySet<string>;
  },
): AttributedReads['road'] | undefined {
  if (reader.kind === 'goldsmith') {
    return undefined;
  }
  if (servedBy.kind !== 'base') {
    const road = servedBy.kind === 'rewritten' ? 'rewritten' : 'route';
    return servedBy.mart === parts.mart && isWithin(day, { ...parts, isShared: true })
      ? road
      : undefined;
  }
  return isWithin(day, { ...parts, isShared: false }) &&
    !parts.lapsed.has(day) &&
    parts.namesTheMart.has(fingerprint)
    ? 'stable-name'
    : undefined;
}

/** Route says of each run who served it, so the days of the flips count too. */
function isWithin(
  day: string,
  {
    flipDay,
    backDay,
    isShared,
  }: { readonly flipDay: string; readonly backDay: string | undefined; readonly isShared: boolean },
): boolean {
  if (isShared) {
    return day >= flipDay && (backDay === undefined || day <= backDay);
  }
  return day > flipDay && (backDay === undefined || day < backDay);
}

function sideCost(facts: readonly UsageFact[]): SideCost {
  const runs = facts.reduce((sum, { costedRuns }) => sum + costedRuns, 0);
  const total = (of: (fact: UsageFact) => number) => facts.reduce((sum, fact) => sum + of(fact), 0);
  return {
    runs,
    cpuMs: runs === 0 ? 0 : total((fact) => fact.cpuMs) / runs,
    durationMs: runs === 0 ? 0 : total((fact) => fact.durationMs) / runs,
  };
}
