import { relationId } from '../../src/base/relation.ts';
import { usd } from '../../src/base/usd.ts';
import type { Attribute, GoldRelation } from '../../src/prune/attribute.ts';
import type { LadderInput } from '../../src/prune/ladder.ts';
import { revivalHazard } from '../../src/prune/revival.ts';
import { pruneSettings } from '../../src/prune/settings.ts';

export const TODAY = 20_700;
export const WIDE = relationId({ schema: 'gold', name: 'wide' });

export function anAttribute(changes: Partial<Attribute> = {}): Attribute {
  return { name: 'a', namedDays: [], starDays: [], testDays: [], namedBy: [], ...changes };
}

/** Watched for 400 days and read on every weekday. */
export function aGoldRelation(changes: Partial<GoldRelation> = {}): GoldRelation {
  return {
    relation: WIDE,
    attributes: [anAttribute()],
    watchedSince: TODAY - 400,
    knownSince: TODAY - 400,
    readDays: Array.from({ length: 400 }, (_, at) => TODAY - 400 + at).filter((day) => day % 7 < 5),
    keys: new Set(['id']),
    joinedBy: new Set(['customer']),
    dependents: [],
    ...changes,
  };
}

export function aLadder(
  changes: Partial<Omit<LadderInput, 'settings'>> & { readonly settings?: object } = {},
): LadderInput {
  const { settings = {}, ...rest } = changes;
  return {
    of: aGoldRelation(),
    pruned: [],
    now: TODAY * 86_400_000,
    coverage: 0.99,
    keptByPerson: new Set(),
    hazard: revivalHazard(Array.from({ length: 300 }, () => ({ days: 300, ended: false }))),
    buildCost: usd(0.01),
    savingPerDay: () => usd(0.001),
    ...rest,
    settings: pruneSettings.parse(settings),
  };
}
