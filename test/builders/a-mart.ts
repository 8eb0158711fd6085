import { DAY_MS } from '../../src/base/clock.ts';
import { digestOf } from '../../src/base/digest.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { noFacts } from '../../src/marts/facts.ts';
import type { Mart, MartDefinition, MartVersion, SourceState } from '../../src/marts/mart.ts';

export function aSourceState(relation: string, changes: Partial<SourceState> = {}): SourceState {
  return { relation: relation as RelationId, rows: 1000, checksum: '42', ...changes };
}

/** A version whose sources are as `aSourceState` gives them, verified fresh when it was built. */
export function aVersion(
  definition: MartDefinition,
  changes: Partial<MartVersion> = {},
): MartVersion {
  const builtAt = changes.builtAt ?? Date.parse('2026-03-19T02:00:00Z');
  return {
    version: 1,
    table: 'shop.gold_data.m__v1' as RelationId,
    builtAt,
    sourceStates: definition.sources.map((source) => aSourceState(source)),
    verifiedFreshAt: builtAt,
    rows: 2000,
    bytes: 20_000,
    facts: noFacts,
    ...changes,
  };
}

/** A physical mart over one version. */
export function aMart(definition: MartDefinition, changes: Partial<Mart> = {}): Mart {
  return {
    definition,
    definitionDigest: digestOf(definition),
    stage: 'physical',
    createdAt: Date.parse('2026-03-19T02:00:00Z') - DAY_MS,
    current: aVersion(definition),
    hidden: [],
    ...changes,
  };
}
