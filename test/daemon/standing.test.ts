import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, handTurnedClock } from '../../src/base/clock.ts';
import { relationId } from '../../src/base/relation.ts';
import { nanoUsd } from '../../src/base/usd.ts';
import { openMemory } from '../../src/daemon/memory.ts';
import { countStorage, endWhatFell, noteLapses } from '../../src/daemon/standing.ts';
import { noFacts } from '../../src/marts/facts.ts';
import type { Mart, MartVersion } from '../../src/marts/mart.ts';
import type { CarriedOut } from '../../src/savings/write-receipts.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';

const FLIP = Date.parse('2026-08-03T03:00:00Z');
const relation = relationId({ schema: 'gold', name: 'sales' });
const decision: CarriedOut = {
  decision: 'd1',
  relation,
  physicalSince: FLIP,
  rolledBack: false,
  predictedNetPerDay: nanoUsd(0n),
  predictedMsPerDay: 0,
};

function aVersion(bytes: number): MartVersion {
  return {
    version: 1,
    table: relationId({ schema: 'gold_data', name: 'sales__v1' }),
    builtAt: FLIP,
    sourceStates: [],
    verifiedFreshAt: FLIP,
    rows: 1,
    bytes,
    facts: noFacts,
  };
}

function aMart(changes: Partial<Mart>): Mart {
  return {
    definition: {
      relation,
      origin: 'candidate',
      sql: 'select 1 as x',
      columns: [{ name: 'x', type: 'INTEGER' }],
      sources: [],
      obligations: [],
      maxStalenessMs: DAY_MS,
    },
    definitionDigest: 'd',
    stage: 'physical',
    createdAt: FLIP,
    hidden: [],
    ...changes,
  };
}

describe('what stood when', () => {
  let store: Store;
  let parts: { memory: ReturnType<typeof openMemory>; clock: ReturnType<typeof handTurnedClock> };
  const kept = () => parts.memory.carriedOut.get('d1');

  beforeEach(() => {
    store = openStore(':memory:');
    parts = { memory: openMemory(store.documents), clock: handTurnedClock(FLIP) };
    parts.memory.carriedOut.put('d1', decision);
  });
  afterEach(() => store.close());

  it('ends the decision of a mart that somebody else stopped, and leaves the others', () => {
    parts.clock.turnTo(FLIP + DAY_MS);
    endWhatFell(parts, [aMart({ current: aVersion(1) })]);
    expect(kept()?.until).toBeUndefined();

    endWhatFell(parts, [aMart({ stage: 'quarantined' })]);

    expect(kept()).toMatchObject({ until: FLIP + DAY_MS, rolledBack: true });
  });

  it('counts storage until the last version is dropped, also after the mart was taken back', () => {
    parts.clock.turnTo(FLIP + 2 * DAY_MS);
    countStorage(parts, [aMart({ current: aVersion(100) })]);
    expect(kept()?.storedByteDays).toBe(200);

    parts.memory.carriedOut.put('d1', { ...decision, ...kept(), until: FLIP + 2 * DAY_MS });
    parts.clock.turnTo(FLIP + 3 * DAY_MS);
    const hidden = [{ version: aVersion(100), hiddenAt: FLIP + 2 * DAY_MS }];
    countStorage(parts, [aMart({ stage: 'logical', hidden })]);
    expect(kept()?.storedByteDays).toBe(300);

    parts.clock.turnTo(FLIP + 9 * DAY_MS);
    countStorage(parts, [aMart({ stage: 'logical' })]);
    expect(kept()?.storedByteDays).toBe(300);
  });

  it('remembers the days on which nobody renewed an expiring view', () => {
    const record = {
      mart: aMart({ current: aVersion(1) }),
      viewText: '',
      freshUntil: FLIP + DAY_MS,
      marks: {},
    };
    const look = () => noteLapses(parts, [record]);

    look();
    parts.clock.turnTo(FLIP + DAY_MS + 60_000);
    look();
    expect(kept()?.lapsedDays).toBeUndefined();
    parts.clock.turnTo(FLIP + 3 * DAY_MS);
    look();
    look();

    expect(kept()?.lapsedDays).toEqual(['2026-08-04', '2026-08-05', '2026-08-06']);
  });
});
